"""The application for any WSGI server: `gunicorn wsgi:app`."""

from wizamart.app import create_app, start

app = create_app()
start(app)
