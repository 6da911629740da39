"""A worker process that takes a task and hangs in it, to be killed. Arguments: database URL, task id."""

import sys
import threading

from flask import Flask

from wizamart.database import init_app
from wizamart.queue import run_task, task


@task("framework.hang")
def hang(_context):
    print("running", flush=True)  # noqa: T201 - the test reads it
    threading.Event().wait(60)


if __name__ == "__main__":
    app = Flask(__name__)
    init_app(app, database_url=sys.argv[1])
    run_task(app, int(sys.argv[2]))
