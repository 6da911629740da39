"""Who is told of what, once, in their language, by the channels they have chosen."""

import sqlalchemy as sa

from modules.messaging.models.notification import Notification
from modules.messaging.schemas.kinds import KIND_BY_CODE
from modules.messaging.services import inbox_service, preference_service
from modules.messaging.services.preference_service import Channels
from tests.modules.messaging.conftest import NOON
from wizamart.mail import Mail
from wizamart.module_system import service as module_service
from wizamart.module_system.config_service import set_module_config
from wizamart.module_system.definition import FrontendType
from wizamart.permissions import Role, RoleAssignment
from wizamart.platforms import PlatformHost, scoped


def test_people_of_the_vendor_are_told_in_their_own_language(tell, owner, make_user, vendor):
    staff = make_user("staff@atelier.test", staff_of=vendor, locale="en")

    told = {row.user_id: row for row in tell("vendor-approved")}

    assert told.keys() == {owner.id, staff.id}
    assert told[staff.id].title == "Atelier Moselle is approved"
    assert told[owner.id].title == "Atelier Moselle est approuvé"
    assert {row.vendor_id for row in told.values()} == {vendor.id}


def test_strangers_admins_and_super_admins_are_not_told_what_concerns_a_vendor(
    tell, owner, admin, make_user, make_vendor, platform
):
    make_user("other@vendor.test", owner_of=make_vendor(platform))
    make_user("super@lux.test", is_super_admin=True)

    assert [row.user_id for row in tell("vendor-approved")] == [owner.id]


def test_somebody_deactivated_is_not_told(tell, session, owner):
    owner.is_active = False
    session.flush()

    assert tell("vendor-approved") == []


def test_a_role_without_the_permission_is_not_told(tell, session, make_user, vendor):
    packer = make_user("packer@atelier.test")
    role = Role(kind="vendor", code="packer", name="Packer", permissions=["orders:*:*"], vendor_id=vendor.id)
    session.add(role)
    session.flush()
    session.add(RoleAssignment(user_id=packer.id, role_id=role.id, vendor_id=vendor.id))
    session.flush()

    assert tell("vendor-approved") == []


def test_the_same_thing_is_not_told_twice_while_it_is_unread(tell, session, owner, platform):
    [first] = tell("vendor-approved")

    assert tell("vendor-approved") == []
    with scoped(session, platform.id):
        inbox_service.mark_read(first, at=NOON)
    assert len(tell("vendor-approved")) == 1


def test_a_mail_leaves_with_the_notification_and_never_twice(tell, session, owner):
    tell("vendor-approved")
    tell("vendor-approved")

    [mail] = session.scalars(sa.select(Mail)).all()
    assert (mail.to, mail.locale, mail.subject) == (owner.email, "fr", "Atelier Moselle est approuvé")
    assert "http" not in mail.text  # the platform has no host that a link could lead to


def test_the_mail_leads_to_the_page_where_the_platform_has_a_host(tell, session, owner, platform):
    session.add(PlatformHost(host="lux.example", platform_id=platform.id, is_primary=True))
    session.flush()

    tell("vendor-approved")

    [mail] = session.scalars(sa.select(Mail)).all()
    assert "https://lux.example/vendor/atelier/messages/notifications" in mail.text


def test_what_somebody_does_not_want_by_mail_is_told_in_the_page_only(tell, session, owner, platform):
    with scoped(session, platform.id):
        choice = {"vendor-approved": Channels(in_page=True, by_mail=False)}
        preference_service.choose_channels(session, owner.id, FrontendType.VENDOR, choice)

    [row] = tell("vendor-approved")

    assert (row.in_page, row.by_mail) == (True, False)
    assert session.scalars(sa.select(Mail)).all() == []


def test_who_wants_mails_only_sees_nothing_in_the_page(tell, session, owner, platform, vendor):
    with scoped(session, platform.id):
        choice = {"vendor-approved": Channels(in_page=False, by_mail=True)}
        preference_service.choose_channels(session, owner.id, FrontendType.VENDOR, choice)

    tell("vendor-approved")

    with scoped(session, platform.id):
        assert inbox_service.count_unread(session, owner.id, vendor_id=vendor.id) == 0
    assert len(session.scalars(sa.select(Mail)).all()) == 1


def test_who_wants_nothing_is_left_alone(tell, session, owner, platform):
    with scoped(session, platform.id):
        choice = {"vendor-approved": Channels(in_page=False, by_mail=False)}
        preference_service.choose_channels(session, owner.id, FrontendType.VENDOR, choice)

    assert tell("vendor-approved") == []


def test_a_platform_that_sends_no_mails_tells_in_the_page(tell, session, owner, platform):
    set_module_config(session, platform.id, "messaging", {"send_mails": False})

    [row] = tell("vendor-approved")

    assert not row.by_mail
    assert session.scalars(sa.select(Mail)).all() == []


def test_telling_many_asks_the_database_no_more_often_than_telling_few(
    tell, session, platform, vendor, make_user, count_queries
):
    set_module_config(session, platform.id, "messaging", {"send_mails": False})
    make_user(owner_of=vendor)
    with count_queries() as few:
        tell("vendor-approved", vendor_id=vendor.id)
    for _number in range(5):
        make_user(owner_of=vendor)
    with count_queries() as many:
        tell("vendor-suspended", vendor_id=vendor.id)

    assert len(reads(many)) <= len(reads(few)), str(many)


def test_amounts_are_written_as_the_language_writes_them(session, platform):
    from modules.messaging.services import text_service

    event = {"number": "B-7", "gross_minor": 129990, "currency": "EUR"}

    values = text_service.values_of(KIND_BY_CODE["order-placed"], event, locale="de")

    assert values == {"order": "B-7", "amount": "1.299,90\xa0€"}


def test_a_link_needs_every_one_of_its_arguments(tell, session, admin, make_platform):
    kind = KIND_BY_CODE["vendor-created"]

    assert [*kind.audiences] == ["admin"]
    assert kind.audiences["admin"].arguments == {"vendor_id": "vendor_id"}


def test_old_notifications_go_and_unread_ones_stay(tell, session, owner, platform, make_user, vendor):
    make_user("staff@atelier.test", staff_of=vendor)
    first, _second = tell("vendor-approved")
    with scoped(session, platform.id):
        inbox_service.mark_read(first, at=NOON)
        session.flush()

        assert inbox_service.delete_read(session, before=NOON) == 0
        assert inbox_service.delete_read(session, before=NOON.replace(day=21)) == 1
        assert session.scalar(sa.select(sa.func.count(Notification.id))) == 1


def test_switching_off_says_how_many_notifications_it_hides(tell, session, owner, platform):
    tell("vendor-approved")

    plan = module_service.plan(session, platform.id, disable=["messaging"])

    assert plan.impact.hidden_rows == {"notification": 1}


def reads(statements):
    return [statement for statement in statements if statement.startswith("SELECT")]
