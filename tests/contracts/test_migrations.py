"""Models and migrations agree, on both databases, and every step can be taken back."""

from wizamart.database import db
from wizamart.module_system import migrations, row_level_security


def test_models_and_migrations_agree(app):
    with app.app_context():
        assert migrations.check() == {}


def test_every_history_goes_down_and_up_again(app):
    with app.app_context():
        for history in reversed(migrations.get_histories()):
            migrations.downgrade(history.code, "base")
        assert {one.current for one in migrations.status()} == {None}

        migrations.upgrade()

        assert not migrations.is_pending()
        assert migrations.check() == {}


def test_every_tenants_table_is_protected_by_postgresql(app, backend):
    with app.app_context():
        assert row_level_security.enforce(db.engine) == ()
