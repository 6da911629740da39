"""Models and migrations agree, on both databases, and every step can be taken back."""

from wizamart.database import Base, db
from wizamart.module_system import migrations, row_level_security

INDEXES = {"inventory_option_values", "inventory_search_words"}


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


def test_every_table_of_tenants_without_a_class_is_protected_too(app):
    """Only what lists are searched by is not: it holds words and numbers, and is asked with the products themselves."""
    mapped = {str(mapper.local_table) for mapper in Base.registry.mappers}
    required = {
        name
        for name, table in Base.metadata.tables.items()
        if name not in mapped and "platform_id" in table.c and not table.c.platform_id.nullable
    }

    unprotected = required - row_level_security.owned_table_names()

    assert "inventory_option_texts" in required - unprotected
    assert unprotected == INDEXES


def test_every_tenants_table_is_protected_by_postgresql(app, backend):
    with app.app_context():
        assert row_level_security.enforce(db.engine) == ()
