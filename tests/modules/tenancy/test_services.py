from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa

from modules.tenancy.exceptions import (
    AlreadyMember,
    CodeInvalid,
    CodeReserved,
    CodeTaken,
    CompanyInUse,
    CompanyNotFound,
    CompanyShared,
    CurrencyUnknown,
    DefaultLanguageMissing,
    HostInvalid,
    HostTaken,
    LastOwner,
    LastPlatform,
    OwnAccount,
    PermissionsTooStrong,
    PersonNotFound,
    PlatformInUse,
    RoleBuiltIn,
    RoleInUse,
    RoleNameTaken,
    RoleNotFound,
    RolesMissing,
    RoleTooStrong,
    StaffLimitReached,
    VatNumberInvalid,
    VatNumberOfOtherCountry,
    VendorNotFound,
    VendorShared,
    VendorStatusConflict,
)
from modules.tenancy.schemas.company import CompanyInput
from modules.tenancy.schemas.vendor import VendorProfileInput
from modules.tenancy.services import (
    account_service,
    company_service,
    host_service,
    people_service,
    platform_service,
    role_service,
    vendor_service,
)
from modules.tenancy.services.role_service import Place
from modules.tenancy.services.vat_service import check_vat_number
from wizamart import audit, clock
from wizamart.audit import AuditEntry
from wizamart.auth.exceptions import LastSuperAdmin
from wizamart.auth.models import User
from wizamart.database import db, unit_of_work
from wizamart.mail import Mail
from wizamart.module_system import migrations
from wizamart.permissions import RoleKind, ensure_builtin_roles

NOW = clock.now()
EVERYTHING = frozenset({"tenancy:person:read", "tenancy:person:invite", "core:dashboard:read"})


def company_input(**values):
    return CompanyInput(
        **{
            "legal_name": "Brasserie Sud S.A.",
            "street": "1, rue du Moulin",
            "postal_code": "L-4000",
            "city": "Esch",
            "country": "LU",
            **values,
        }
    )


def make_company(session, platform, **values):
    return company_service.create_company(
        session, company_input(**values), platform_id=platform.id, actor_id=None, at=NOW
    )


def create_vendor(session, *platforms, code="atelier", company=None):
    return vendor_service.create_vendor(
        session,
        VendorProfileInput(name="Atelier"),
        code=code,
        platform_ids=[platform.id for platform in platforms],
        company_id=company.id if company else None,
        actor_id=None,
        at=NOW,
    )


def everything():
    return role_service.declared_permissions()


def invite(session, place, email="new@wizamart.test", *, role="vendor-staff", reach=None, **options):
    roles = {one.code: one.id for one in role_service.list_roles(session, place)}
    return people_service.invite(
        session,
        place,
        email=email,
        role_ids=[roles[role]] if role in roles else [],
        reach=everything() if reach is None else reach,
        place_name="Here",
        inviter=None,
        invitation_url=lambda token: f"https://x.test/invitation/{token}",
        sign_in_url="https://x.test/login",
        at=NOW,
        **options,
    )


def actions(session):
    return list(session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)))


@pytest.mark.parametrize(
    ("text", "country", "stored"),
    [
        ("LU 204 715 15", "LU", "LU20471515"),
        ("20471515", "LU", "LU20471515"),
        ("DE 136 695 976", "DE", "DE136695976"),
        ("EL 094259216", "GR", "EL094259216"),
        ("CHE-107.787.577 MWST", "CH", "CHE107787577MWST"),
        ("ab 1234", "LI", "AB1234"),
    ],
)
def test_a_valid_vat_number_is_stored_compact(text, country, stored):
    assert check_vat_number(text, country=country) == stored


@pytest.mark.parametrize("text", ["LU20471516", "LU", "12", "204715150000"])
def test_a_vat_number_with_wrong_check_digits_is_refused_at_its_field(text):
    with pytest.raises(VatNumberInvalid) as refusal:
        check_vat_number(text, country="LU")

    assert "vat_number" in refusal.value.errors


def test_a_vat_number_of_another_country_is_refused():
    with pytest.raises(VatNumberOfOtherCountry):
        check_vat_number("DE136695976", country="LU")


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("Shop.Example.COM.", "shop.example.com"),
        ("épicerie.lu", "xn--picerie-9xa.lu"),
        ("localhost", "localhost"),
    ],
)
def test_a_host_name_is_stored_in_its_ascii_form(text, stored):
    assert host_service.normal_host(text) == stored


@pytest.mark.parametrize(
    "text",
    ["https://shop.lu", "shop.lu/x", "shop.lu:80", "-a.lu", "a..lu", "10.0.0.1", "a b.lu", "x" * 64 + ".lu"],
)
def test_what_is_no_host_name_is_refused(text):
    with pytest.raises(HostInvalid):
        host_service.normal_host(text)


def test_create_platform_switches_on_what_a_preset_names_and_is_installed(session):
    platform = platform_service.create_platform(
        session, code="fresh", name="Fresh", modules=("no-such-module",), actor_id=None, at=NOW
    )

    assert platform.id
    assert "tenancy.platform.create" in actions(session)


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"code": "taken"}, CodeTaken),
        ({"code": "admin"}, CodeReserved),
        ({"code": "Not Good"}, CodeInvalid),
        ({"default_locale": "fr", "locales": ["en"]}, DefaultLanguageMissing),
        ({"currency": "XYZ"}, CurrencyUnknown),
    ],
)
def test_create_platform_names_the_field_that_is_wrong(session, make_platform, values, error):
    make_platform("taken")

    with pytest.raises(error):
        platform_service.create_platform(
            session, **{"code": "other", "name": "Other", "actor_id": None, "at": NOW, **values}
        )


def test_archiving_refuses_the_platform_one_stands_on_and_the_last_one(session, make_platform):
    here, other = make_platform(), make_platform()

    with pytest.raises(PlatformInUse):
        platform_service.archive_platform(session, here, here_id=here.id, actor_id=None, at=NOW)
    platform_service.archive_platform(session, other, here_id=here.id, actor_id=None, at=NOW)
    session.flush()
    with pytest.raises(LastPlatform):
        platform_service.archive_platform(session, here, here_id=None, actor_id=None, at=NOW)


def test_an_archived_platform_comes_back_as_it_was(session, make_platform):
    make_platform()
    platform = make_platform()

    platform_service.archive_platform(session, platform, here_id=None, actor_id=None, at=NOW)
    platform_service.archive_platform(session, platform, here_id=None, actor_id=None, at=NOW)
    platform_service.restore_platform(session, platform, actor_id=None, at=NOW)

    assert platform.status == "active"
    assert [one for one in actions(session) if one.startswith("tenancy.platform")] == [
        "tenancy.platform.archive",
        "tenancy.platform.restore",
    ]


def test_a_host_leads_to_one_place_only_and_the_first_is_primary(session, make_platform):
    one, two = make_platform(), make_platform()

    first = host_service.add_host(session, one.id, host="shop.test", actor_id=None, at=NOW)
    second = host_service.add_host(session, one.id, host="www.shop.test", actor_id=None, at=NOW)

    assert (first.is_primary, second.is_primary) == (True, False)
    with pytest.raises(HostTaken):
        host_service.add_host(session, two.id, host="SHOP.test", actor_id=None, at=NOW)


def test_making_a_host_primary_takes_it_from_the_other(session, make_platform):
    platform = make_platform()
    first = host_service.add_host(session, platform.id, host="a.test", actor_id=None, at=NOW)
    second = host_service.add_host(session, platform.id, host="b.test", actor_id=None, at=NOW)

    host_service.make_primary(session, second, actor_id=None, at=NOW)
    session.flush()
    session.refresh(first)

    assert (first.is_primary, second.is_primary) == (False, True)


def test_a_host_is_not_given_to_a_vendor_that_sells_elsewhere(session, make_platform, make_vendor):
    here, stranger = make_platform(), make_vendor(make_platform())

    with pytest.raises(VendorNotFound):
        host_service.add_host(session, here.id, host="v.test", vendor_id=stranger.id, actor_id=None, at=NOW)


def test_a_company_is_seen_where_it_was_created_until_it_owns_vendors_elsewhere(session, make_platform):
    one, two = make_platform(), make_platform()
    company = make_company(session, one)
    session.flush()
    assert company_service.get_company(session, company.id, platform_id=one.id) is company
    with pytest.raises(CompanyNotFound):
        company_service.get_company(session, company.id, platform_id=two.id)

    create_vendor(session, two, company=company)
    session.flush()

    assert company_service.get_company(session, company.id, platform_id=two.id) is company
    with pytest.raises(CompanyNotFound):
        company_service.get_company(session, company.id, platform_id=one.id)


def test_a_company_that_stands_behind_vendors_elsewhere_is_not_changed_by_one_platform(
    session, make_platform
):
    one, two = make_platform(), make_platform()
    company = make_company(session, one)
    create_vendor(session, one, two, company=company)
    session.flush()

    with pytest.raises(CompanyShared):
        company_service.update_company(
            session, company, company_input(city="Wiltz"), platform_id=one.id, actor_id=None, at=NOW
        )
    company_service.update_company(
        session, company, company_input(city="Wiltz"), platform_id=None, actor_id=None, at=NOW
    )
    assert company.city == "Wiltz"


def test_a_vendor_does_not_change_a_company_that_owns_another_vendor(session, make_platform):
    platform = make_platform()
    company = make_company(session, platform)
    create_vendor(session, platform, code="one", company=company)
    create_vendor(session, platform, code="two", company=company)
    session.flush()

    with pytest.raises(CompanyShared):
        company_service.update_own_company(
            session, company, company_input(), platform_id=platform.id, actor_id=None, at=NOW
        )


def test_a_company_with_vendors_cannot_be_deleted(session, make_platform):
    platform = make_platform()
    company = make_company(session, platform)
    create_vendor(session, platform, company=company)
    session.flush()

    with pytest.raises(CompanyInUse):
        company_service.delete_company(session, company, platform_id=None, actor_id=None, at=NOW)


def test_a_vendor_goes_from_pending_to_active_to_suspended_and_back(session, make_platform):
    platform = make_platform()
    vendor = create_vendor(session, platform)
    options = {"platform_id": platform.id, "actor_id": None, "at": NOW}
    session.flush()

    with pytest.raises(VendorStatusConflict):
        vendor_service.suspend_vendor(session, vendor, reason="No", **options)
    vendor_service.approve_vendor(session, vendor, **options)
    session.flush()
    vendor_service.approve_vendor(session, vendor, **options)
    vendor_service.suspend_vendor(session, vendor, reason="Unpaid", **options)
    session.flush()
    assert vendor_service.get_profile(session, vendor).suspension_reason == "Unpaid"
    vendor_service.reactivate_vendor(session, vendor, **options)

    assert vendor.status == "active"
    assert [one for one in actions(session) if one.startswith("tenancy.vendor")] == [
        "tenancy.vendor.create",
        "tenancy.vendor.approve",
        "tenancy.vendor.suspend",
        "tenancy.vendor.reactivate",
    ]


def test_one_platform_does_not_suspend_a_vendor_that_also_sells_on_another(
    session, make_platform, make_vendor
):
    one, two = make_platform(), make_platform()
    vendor = make_vendor(one, two)

    with pytest.raises(VendorShared):
        vendor_service.suspend_vendor(
            session, vendor, reason="Ours only", platform_id=one.id, actor_id=None, at=NOW
        )

    assert vendor.status == "active"


def test_a_vendor_of_another_platform_is_not_found(session, make_platform, make_vendor):
    here, vendor = make_platform(), make_vendor(make_platform())

    with pytest.raises(VendorNotFound):
        vendor_service.get_vendor(session, vendor.id, platform_id=here.id)


def test_set_platforms_changes_only_what_differs(session, make_platform, make_vendor):
    one, two, three = make_platform(), make_platform(), make_platform()
    vendor = make_vendor(one, two)

    vendor_service.set_platforms(session, vendor, [two.id, three.id], actor_id=None, at=NOW)
    session.flush()

    assert {row.id for row in vendor_service.list_platforms_of(session, vendor)} == {two.id, three.id}


def test_an_invitation_creates_the_person_gives_the_role_and_sends_a_mail(
    session, make_platform, make_vendor
):
    platform = make_platform()
    place = Place(platform.id, make_vendor(platform).id)
    ensure_builtin_roles(session)

    person = invite(session, place)
    session.flush()

    assert [role.code for role in people_service.roles_by_person(session, place, [person.id])[person.id]] == [
        "vendor-staff"
    ]
    sent = session.scalars(sa.select(Mail)).one()
    assert sent.to == "new@wizamart.test"
    assert "https://x.test/invitation/" in sent.text
    assert "tenancy.people.invite" in actions(session)


def test_somebody_with_a_password_is_told_of_the_access_and_keeps_the_password(
    session, make_platform, make_vendor, make_user
):
    platform = make_platform()
    known = make_user(password="a long enough sentence")
    before = known.password_hash

    invite(session, Place(platform.id, make_vendor(platform).id), known.email)
    session.flush()

    assert known.password_hash == before
    assert "https://x.test/login" in session.scalars(sa.select(Mail.text)).one()


def test_an_invitation_is_refused_for_members_without_roles_and_above_the_limit(
    session, make_platform, make_vendor, make_user
):
    platform = make_platform()
    vendor = make_vendor(platform)
    place, member = Place(platform.id, vendor.id), make_user(staff_of=vendor)

    with pytest.raises(AlreadyMember):
        invite(session, place, member.email)
    with pytest.raises(RolesMissing):
        invite(session, place, role="platform-admin")
    with pytest.raises(StaffLimitReached):
        invite(session, place, limit=1)


def test_those_who_invite_at_once_do_not_pass_the_limit_together(app, make_platform, make_vendor, make_user):
    platform = make_platform()
    vendor = make_vendor(platform)
    place, start = Place(platform.id, vendor.id), Barrier(5)
    make_user(owner_of=vendor)

    def send(number):
        with app.app_context(), unit_of_work() as session:
            if session.get_bind().dialect.name == "postgresql":  # SQLite lets one in after the other
                start.wait(10)
            invite(session, place, f"person{number}@wizamart.test", limit=3)

    with ThreadPoolExecutor(5) as pool:
        results = [pool.submit(send, number) for number in range(5)]

    assert [type(result.exception()) for result in results].count(StaffLimitReached) == 3
    with app.app_context(), unit_of_work(read_only=True) as session:
        assert len(people_service.list_people(session, place)) == 3


def test_nobody_gives_away_more_than_they_may_do(session, make_platform, make_vendor, make_user):
    platform = make_platform()
    vendor = make_vendor(platform)
    place, staff = Place(platform.id, vendor.id), make_user(staff_of=vendor)
    reach = role_service.reach_of(session, place, user_id=staff.id, is_super_admin=False)

    with pytest.raises(RoleTooStrong):
        invite(session, place, role="vendor-owner", reach=reach)


def test_staff_cannot_invite_or_manage_people_by_the_built_in_role(
    session, make_platform, make_vendor, make_user
):
    platform = make_platform()
    vendor = make_vendor(platform)
    staff = make_user(staff_of=vendor)

    reach = role_service.reach_of(
        session, Place(platform.id, vendor.id), user_id=staff.id, is_super_admin=False
    )

    assert "tenancy:person:read" in reach
    assert not reach & {"tenancy:person:invite", "tenancy:person:manage", "tenancy:role:manage"}


def test_the_last_owner_stays_and_nobody_removes_themself(session, make_platform, make_vendor, make_user):
    platform = make_platform()
    vendor = make_vendor(platform)
    place = Place(platform.id, vendor.id)
    owner, other = make_user(owner_of=vendor), make_user(staff_of=vendor)
    options = {"reach": everything(), "at": NOW}
    staff_role = ensure_builtin_roles(session)["vendor-staff"]

    with pytest.raises(OwnAccount):
        people_service.remove(session, place, owner, actor_id=owner.id, **options)
    with pytest.raises(LastOwner):
        people_service.remove(session, place, owner, actor_id=other.id, **options)
    with pytest.raises(LastOwner):
        people_service.set_roles(
            session, place, owner, role_ids=[staff_role.id], actor_id=other.id, **options
        )

    make_user(owner_of=vendor)
    people_service.remove(session, place, owner, actor_id=other.id, **options)
    session.flush()
    with pytest.raises(PersonNotFound):
        people_service.get_person(session, place, owner.id)


def test_an_owner_who_cannot_sign_in_does_not_count_as_owner(session, make_platform, make_vendor, make_user):
    platform = make_platform()
    vendor = make_vendor(platform)
    owner = make_user(owner_of=vendor)
    make_user(owner_of=vendor, is_active=False)

    with pytest.raises(LastOwner):
        account_service.deactivate(session, owner, actor_id=None, at=NOW)


def test_people_of_another_place_are_not_found(session, make_platform, make_vendor, make_user):
    one, two = make_platform(), make_platform()
    admin, owner = make_user(admin_of=two), make_user(owner_of=make_vendor(two))

    for stranger in (admin, owner):
        with pytest.raises(PersonNotFound):
            people_service.get_person(session, Place(one.id), stranger.id)


def test_the_last_super_admin_stays_and_nobody_demotes_themself(session, make_user):
    one = make_user(is_super_admin=True)

    with pytest.raises(LastSuperAdmin):
        account_service.set_super_admin(session, one, value=False, actor_id=None)
    with pytest.raises(LastSuperAdmin):
        account_service.deactivate(session, one, actor_id=None, at=NOW)
    two = make_user(is_super_admin=True)
    with pytest.raises(OwnAccount):
        account_service.set_super_admin(session, two, value=False, actor_id=two.id)
    account_service.set_super_admin(session, one, value=False, actor_id=two.id)

    assert not one.is_super_admin


def create_role(
    session, place, name="Accounting", kind=RoleKind.VENDOR, permissions=("core:dashboard:read",)
):
    return role_service.create_role(
        session,
        place,
        kind=kind,
        name=name,
        permissions=permissions,
        reach=everything(),
        actor_id=None,
        at=NOW,
    )


def test_a_role_of_a_platform_for_vendors_counts_on_that_platform_only(
    session, make_platform, make_vendor, make_user
):
    one, two = make_platform(), make_platform()
    vendor = make_vendor(one, two)
    role = create_role(session, Place(one.id))
    person = make_user(staff_of=vendor)

    people_service.set_roles(
        session,
        Place(one.id, vendor.id),
        person,
        role_ids=[role.id],
        reach=everything(),
        actor_id=None,
        at=NOW,
    )
    session.flush()

    def reach(platform):
        return role_service.reach_of(
            session, Place(platform.id, vendor.id), user_id=person.id, is_super_admin=False
        )

    assert reach(one) == {"core:dashboard:read"}
    assert reach(two) == frozenset()


def test_roles_of_other_places_are_not_found(session, make_platform, make_vendor):
    one, two = make_platform(), make_platform()
    mine, other = make_vendor(one), make_vendor(one)
    of_vendor = create_role(session, Place(one.id, other.id))
    of_platform = create_role(session, Place(two.id), kind=RoleKind.PLATFORM)
    for_admins = create_role(session, Place(one.id), kind=RoleKind.PLATFORM)
    session.flush()

    for place, role in (
        (Place(one.id), of_platform),
        (Place(one.id), of_vendor),
        (Place(one.id, mine.id), of_vendor),
        (Place(one.id, mine.id), for_admins),
    ):
        with pytest.raises(RoleNotFound):
            role_service.get_role(session, place, role.id)


def test_a_role_keeps_permissions_of_modules_whose_code_is_gone(session, make_platform):
    place = Place(make_platform().id)
    role = create_role(session, place)
    role.permissions = [*role.permissions, "gone:thing:read"]

    role_service.update_role(
        session, place, role, name="Books", permissions=(), reach=everything(), actor_id=None, at=NOW
    )

    assert (role.name, role.permissions) == ("Books", ["gone:thing:read"])


def test_roles_refuse_what_they_must(session, make_platform, make_vendor, make_user):
    platform = make_platform()
    vendor = make_vendor(platform)
    place = Place(platform.id, vendor.id)
    role = create_role(session, place)
    builtin = ensure_builtin_roles(session)["vendor-owner"]
    options = {"actor_id": None, "at": NOW}
    person = make_user(staff_of=vendor)

    with pytest.raises(RoleNameTaken):
        create_role(session, place, name="ACCOUNTING")
    with pytest.raises(PermissionsTooStrong):
        create_role(session, place, name="Root", permissions=("tenancy:user:impersonate",))
    with pytest.raises(RoleBuiltIn):
        role_service.delete_role(session, place, builtin, **options)
    people_service.set_roles(session, place, person, role_ids=[role.id], reach=everything(), **options)
    session.flush()
    with pytest.raises(RoleInUse):
        role_service.delete_role(session, place, role, **options)


def test_who_once_ran_all_platforms_is_known_without_the_trail(session, make_user):
    ids = [make_user(is_super_admin=True).id for _number in range(2)]
    was = account_service.get_admin(session, ids[0])
    account_service.set_super_admin(session, was, value=False, actor_id=ids[1])
    session.execute(sa.delete(AuditEntry))

    assert account_service.get_admin(session, was.id) is was
    with pytest.raises(PersonNotFound):
        account_service.get_admin(session, make_user().id)


def test_a_database_from_before_learns_from_its_trail_who_ran_all_platforms(app, make_user):
    now, was, never, other = (make_user(is_super_admin=is_super_admin).id for is_super_admin in (1, 1, 0, 0))
    with app.app_context(), unit_of_work() as session:
        account_service.set_super_admin(session, session.get_one(User, was), value=False, actor_id=now)
        audit.record(
            session, action="auth.user.is_super_admin", target="user:gone", actor_id=now, platform_id=None
        )
        audit.record(
            session, action="auth.user.is_active", target=f"user:{other}", actor_id=now, platform_id=None
        )
    with app.app_context():
        migrations.downgrade("framework", "framework_003_name_tokens_of_the_api")
        assert "was_super_admin" not in {
            column["name"] for column in sa.inspect(db.engine).get_columns("users")
        }
        migrations.upgrade()

    with app.app_context(), unit_of_work(read_only=True) as session:
        known = session.scalars(sa.select(User.id).where(User.was_super_admin)).all()
    assert set(known) == {now, was}
    assert never not in known
