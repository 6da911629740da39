"""The application for any WSGI server: `gunicorn wsgi:app`."""

import gc

# What a start makes stays for good: looking for garbage in it again and again would cost a fifth of the start.
gc.disable()
try:
    from wizamart.app import create_app, start

    app = create_app()
    start(app)
finally:
    gc.freeze()
    gc.enable()
