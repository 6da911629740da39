"""The pages of messaging, as people of both portals see them."""

import pytest
import sqlalchemy as sa

from modules.messaging.models.notification import Notification, NotificationPreference
from modules.messaging.models.template import NotificationTemplate
from wizamart.mail import Mail, send
from wizamart.platforms import scoped

ADMIN = "/platforms/lux/admin/messages"
VENDOR = "/platforms/lux/vendor/atelier/messages"


@pytest.fixture
def owner(make_user, vendor):
    return make_user("owner@atelier.test", owner_of=vendor, locale="en")


@pytest.fixture
def french(make_user, vendor):
    return make_user("patronne@atelier.test", owner_of=vendor, locale="fr")


@pytest.fixture
def owner_client(client, sign_in, owner):
    sign_in(client, owner)
    return client


@pytest.fixture
def admin_client(make_client, sign_in, admin):
    client = make_client()
    sign_in(client, admin)
    return client


def text_of(response, status=200):
    assert response.status_code == status, response.status_code
    return response.get_data(as_text=True)


def one(session, platform, statement):
    with scoped(session, platform.id):
        return session.scalars(statement.execution_options(populate_existing=True)).one()


def test_nothing_told_yet_says_what_will_be_here(owner_client, session):
    session.commit()

    html = text_of(owner_client.get(f"{VENDOR}/notifications"))

    assert "Nothing has happened yet" in html


def test_a_notification_is_new_until_it_is_marked_read(owner_client, session, tell):
    [row] = tell("vendor-approved")
    session.commit()

    html = text_of(owner_client.get(f"{VENDOR}/notifications"))
    assert "Atelier Moselle is approved" in html
    assert "1 unread" in html
    assert owner_client.post(f"{VENDOR}/notifications/{row.id}/reading").status_code == 303

    html = text_of(owner_client.get(f"{VENDOR}/notifications"))
    assert "Everything is read." in html
    assert "Nothing matches" in text_of(owner_client.get(f"{VENDOR}/notifications?unread=yes"))


def test_all_can_be_marked_read_at_once(owner_client, session, tell):
    tell("vendor-approved")
    tell("vendor-suspended", reason="Papers are missing")
    session.commit()

    assert owner_client.post(f"{VENDOR}/notifications/reading", data={"everything": "1"}).status_code == 303

    assert "Everything is read." in text_of(owner_client.get(f"{VENDOR}/notifications"))


def test_only_the_chosen_ones_are_marked_read(owner_client, session, tell):
    [chosen] = tell("vendor-approved")
    tell("vendor-suspended", reason="Papers are missing")
    session.commit()

    owner_client.post(f"{VENDOR}/notifications/reading", data={"selected": [str(chosen.id), "x", "99"]})

    assert "1 unread" in text_of(owner_client.get(f"{VENDOR}/notifications"))


def test_nobody_reads_the_notifications_of_another(
    owner_client, make_client, sign_in, make_user, vendor, session, tell
):
    [row] = tell("vendor-approved")
    colleague = make_client()
    sign_in(colleague, make_user("late@atelier.test", staff_of=vendor))
    session.commit()

    assert colleague.post(f"{VENDOR}/notifications/{row.id}/reading").status_code == 404
    assert "Nothing has happened yet" in text_of(colleague.get(f"{VENDOR}/notifications"))
    assert colleague.post(f"{VENDOR}/notifications/reading", data={"everything": "1"}).status_code == 303
    assert "1 unread" in text_of(owner_client.get(f"{VENDOR}/notifications"))


def test_the_portals_keep_their_notifications_apart(
    client, sign_in, make_user, platform, vendor, session, tell
):
    both = make_user("both@lux.test", admin_of=platform, owner_of=vendor)
    sign_in(client, both)
    tell("vendor-approved")
    session.commit()

    assert "is approved" in text_of(client.get(f"{VENDOR}/notifications"))
    assert "Nothing has happened yet" in text_of(client.get(f"{ADMIN}/notifications"))


def test_what_a_notification_says_cannot_become_markup(owner_client, session, tell):
    tell("vendor-suspended", reason="<script>alert(1)</script>")
    session.commit()

    html = text_of(owner_client.get(f"{VENDOR}/notifications"))

    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_channels_are_chosen_for_oneself(owner_client, owner, platform, session):
    session.commit()
    page = text_of(owner_client.get(f"{VENDOR}/preferences"))
    assert "What reaches you" in page

    assert owner_client.post(f"{VENDOR}/preferences", data={"in_page": "stranger"}).status_code == 303

    with scoped(session, platform.id):
        rows = session.scalars(sa.select(NotificationPreference)).all()
    assert {row.user_id for row in rows} <= {owner.id}
    assert "stranger" not in {row.kind for row in rows}


def test_the_list_asks_the_database_no_more_often_for_many(
    owner_client, owner, session, platform, count_queries
):
    with scoped(session, platform.id):
        session.add_all(_notifications(owner, session, 20))
    session.commit()
    owner_client.get(f"{VENDOR}/notifications")

    with count_queries() as asked:
        owner_client.get(f"{VENDOR}/notifications")

    assert len(asked) <= 7, str(asked)


def _notifications(owner, session, count):
    from tests.modules.messaging.conftest import NOON
    from wizamart.platforms import Vendor

    vendor_id = session.scalar(sa.select(Vendor.id))
    return [
        Notification(
            vendor_id=vendor_id,
            user_id=owner.id,
            kind="stock-low",
            subject=str(number),
            title=f"Stock is low: {number}",
            body="…",
            created_at=NOON,
        )
        for number in range(count)
    ]


def test_the_mail_log_shows_mails_of_this_platform_without_their_text(
    admin_client, session, platform, make_platform
):
    with scoped(session, platform.id):
        send(session, to="a@lux.test", subject="Set a new password", text="https://lux.test/reset/secret")
    with scoped(session, make_platform().id):
        send(session, to="b@other.test", subject="Elsewhere", text="…")
    session.commit()

    html = text_of(admin_client.get(f"{ADMIN}/mails"))

    assert "a@lux.test" in html
    assert "Set a new password" in html
    assert "secret" not in html
    assert "b@other.test" not in html
    with admin_client.get(f"{ADMIN}/mails.csv") as response:
        exported = response.get_data(as_text=True)
    assert "a@lux.test" in exported
    assert "secret" not in exported
    assert "other.test" not in exported


def test_a_vendor_has_no_page_of_texts_or_mails(owner_client, session):
    session.commit()

    for page in ("templates", "mails"):
        assert owner_client.get(f"{VENDOR}/{page}").status_code == 404
        assert owner_client.get(f"{ADMIN}/{page}").status_code == 404


TEXT = f"{ADMIN}/templates/vendor-approved/fr"


@pytest.fixture
def with_tenancy(app, session):
    """Leave out the tests of texts where the module that the kind comes from is not in the tree."""
    from wizamart.module_system.manager import current_manager

    assert "tenancy" in current_manager().registry


@pytest.mark.usefixtures("with_tenancy")
def test_a_text_of_the_platforms_own_goes_out_instead(admin_client, session, tell, french):
    session.commit()
    data = {"subject": "Bravo {vendor} !", "body": "Vous pouvez vendre.", "action": "save"}

    assert admin_client.post(TEXT, data=data).status_code == 303

    [row] = tell("vendor-approved")
    assert (row.title, row.body) == ("Bravo Atelier Moselle !", "Vous pouvez vendre.")
    assert session.scalars(sa.select(Mail)).one().subject == "Bravo Atelier Moselle !"


@pytest.mark.usefixtures("with_tenancy")
@pytest.mark.parametrize(
    ("field", "text", "message"),
    [
        ("subject", "Bravo {shop}", "Unknown placeholders: {shop}."),
        ("body", "Half a {vendor", "A brace is not part of a placeholder."),
        ("body", "{vendor.__class__}", "A brace is not part of a placeholder."),
        ("subject", "", "form-errors"),
    ],
)
def test_a_text_with_a_fault_is_refused_at_its_field(admin_client, session, platform, field, text, message):
    session.commit()
    data = {"subject": "Bravo", "body": "Vous pouvez vendre.", field: text, "action": "save"}

    html = text_of(admin_client.post(TEXT, data=data), 422)

    assert message in html
    assert 'aria-invalid="true"' in html
    with scoped(session, platform.id):
        assert session.scalars(sa.select(NotificationTemplate)).all() == []


@pytest.mark.usefixtures("with_tenancy")
def test_a_preview_shows_examples_and_saves_nothing(admin_client, session, platform):
    session.commit()
    data = {"subject": "Salut {vendor}", "body": "À vous.", "action": "preview"}

    html = text_of(admin_client.post(TEXT, data=data))

    assert '<p class="fw-medium" id="preview-subject" lang="fr">Salut Atelier Moselle</p>' in html
    with scoped(session, platform.id):
        assert session.scalars(sa.select(NotificationTemplate)).all() == []


@pytest.mark.usefixtures("with_tenancy")
def test_the_standard_text_comes_back(admin_client, session, tell, french):
    session.commit()
    admin_client.post(TEXT, data={"subject": "Bravo", "body": "À vous.", "action": "save"})
    assert "Use the standard text" in text_of(admin_client.get(TEXT))

    assert admin_client.post(f"{TEXT}/default").status_code == 303

    [row] = tell("vendor-approved")
    assert row.title == "Atelier Moselle est approuvé"


@pytest.mark.usefixtures("with_tenancy")
def test_a_test_goes_to_whoever_asks_and_to_nobody_else(admin_client, admin, session):
    session.commit()

    assert admin_client.post(f"{TEXT}/test").status_code == 303

    [mail] = session.scalars(sa.select(Mail)).all()
    assert (mail.to, mail.locale) == (admin.email, "fr")


@pytest.mark.usefixtures("with_tenancy")
def test_a_language_or_kind_that_is_not_offered_is_not_found(admin_client, session):
    session.commit()

    assert admin_client.get(f"{ADMIN}/templates/vendor-approved/it").status_code == 404
    assert admin_client.get(f"{ADMIN}/templates/nonsense/fr").status_code == 404
    assert admin_client.get(f"{ADMIN}/templates/stock-low/fr").status_code == 404  # its module is off
