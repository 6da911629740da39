"""A unit of work stays on one connection, whoever else begins at the same moment."""

import threading

from sqlalchemy.engine import Engine

from wizamart.database import db, unit_of_work


def test_first_transactions_at_the_same_moment_keep_to_one_connection_each(app, monkeypatch):
    """A second connection of the same transaction would wait for the first one's lock in vain."""
    together, options = threading.Barrier(2), Engine.execution_options
    bindings = []

    def make_twin(engine, **values):
        together.wait(10)  # neither has made it before the other asks for it
        return options(engine, **values)

    def begin():
        with app.app_context(), unit_of_work():
            session = db.session()
            bindings.append((session.get_bind(), session.get_bind()))

    monkeypatch.setattr(Engine, "execution_options", make_twin)
    threads = [threading.Thread(target=begin) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(bindings) == 2
    for first, second in bindings:
        assert first is second
