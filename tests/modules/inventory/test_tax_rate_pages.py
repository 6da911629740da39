"""Reading tax rates from a file as an admin meets it: looked at, taken over, refused, and nothing half done."""

import io
import re
import threading
from hashlib import sha256

import pytest
import sqlalchemy as sa

from modules.inventory.services import stock_service, tax_file_service
from tests.modules.inventory.conftest import DATA
from wizamart import clock
from wizamart.audit import AuditEntry
from wizamart.database import unit_of_work
from wizamart.module_system import config_service

SAMPLE = (DATA / "catalogue" / "woocommerce_sample_tax_rates.csv").read_bytes()
HEAD = "Country code,State code,Postcode / ZIP,City,Rate %,Tax name,Priority,Compound,Shipping,Tax class\n"


@pytest.fixture
def admin(shop, client, make_user, sign_in):
    """Return the address of the admins' portal, one signed in."""
    sign_in(client, make_user(admin_of=shop.platform))
    return f"/platforms/{shop.platform.code}/admin"


@pytest.fixture
def upload(client, admin):
    """Return `upload(content, country="", valid_from="2026-12-01")`: the answer to a file."""

    def send(content, country="", valid_from="2026-12-01"):
        content = content.encode() if isinstance(content, str) else content
        data = {"file": (io.BytesIO(content), "rates.csv"), "country": country, "valid_from": valid_from}
        return client.post(f"{admin}/tax-rates", data=data)

    return send


@pytest.fixture
def rates(within, shop):
    """Return `rates()`: the configured rates by class and day."""

    def read():
        with within(shop, as_admin=True) as session:
            config = stock_service.get_config(session, shop.platform.id)
            return {(one.tax_class, str(one.valid_from)): str(one.percent) for one in config.tax_rates}

    return read


def form_of(page):
    """Return what the form that takes the rates over would send."""
    form = page.split('/tax-rates/application">', 1)[1].split("</form>", 1)[0]
    sent = dict(re.findall(r'name="([a-z_]+)" value="([^"]*)"', form))
    del sent["csrf_token"]
    assert sent.keys() >= {"packed", "country", "valid_from", "version"}
    return sent


def lines_of(page):
    """Return the cells of the table of lines, as one text each."""
    body = re.search(r"<caption[^>]*>Lines of the file</caption>.*?<tbody>(.*?)</tbody>", page, re.DOTALL)[1]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    return [
        [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row.split("</td>")[:-1]] for row in rows
    ]


def test_a_file_is_looked_at_taken_over_and_changes_nothing_the_second_time(
    app, client, admin, upload, rates, shop
):
    before = rates()
    page = upload(SAMPLE, country="GB")

    assert page.status_code == 200
    assert lines_of(page.text) == [
        ["2", "GB · VAT · 20.0000", "Standard rate", "20%", "Changed", "From 1 Dec 2026, 17% before."],
        [
            "3",
            "GB · VAT · reduced-rate · 5.0000",
            "Reduced rate",
            "5%",
            "Changed",
            "From 1 Dec 2026, 8% before.",
        ],
        ["4", "GB · VAT · zero-rate · 0.0000", "Exempt", "0%", "Unchanged", "–"],
        ["5", "US · US · 10.0000", "–", "–", "Left out", "A rate of another country."],
        ["6", "US · AL, 12345; 123456 · US AL · 2.0000", "–", "–", "Left out", "A rate of another country."],
    ]
    assert "keep their rates: Intermediate rate, Super-reduced rate." in page.text
    assert rates() == before

    sent = form_of(page.text)
    answers = [client.post(f"{admin}/tax-rates/application", data=sent) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert rates() == before | {("standard", "2026-12-01"): "20.00", ("reduced", "2026-12-01"): "5.00"}
    assert "here already" in client.get(f"{admin}/tax-rates").text
    again = upload(SAMPLE, country="GB").text
    assert "Nothing in this file is new." in again
    assert '/tax-rates/application">' not in again
    with app.app_context(), unit_of_work(read_only=True) as session:
        query = sa.select(AuditEntry).where(
            AuditEntry.target == "module-config:inventory", AuditEntry.platform_id == shop.platform.id
        )
        [entry] = session.scalars(query)
        assert (entry.action, entry.origin) == ("modules.configure", "portal")
        assert len(entry.after["tax_rates"]) == len(entry.before["tax_rates"]) + 2
        assert entry.actor_id is not None


def test_what_somebody_else_has_saved_meanwhile_is_not_written_over(
    client, admin, upload, rates, within, shop
):
    sent = form_of(upload(SAMPLE, country="GB").text)
    with within(shop, as_admin=True) as session:
        config_service.set_module_config(session, shop.platform.id, "inventory", {"low_stock_threshold": 3})
    before = rates()
    refused = client.post(f"{admin}/tax-rates/application", data=sent)

    assert refused.status_code == 409
    assert "Somebody else changed these settings meanwhile." in refused.text
    assert rates() == before
    again = client.post(f"{admin}/tax-rates/application", data=form_of(refused.text))
    assert again.status_code == 303
    assert rates()["standard", "2026-12-01"] == "20.00"
    with within(shop, as_admin=True) as session:
        assert stock_service.get_config(session, shop.platform.id).low_stock_threshold == 3


def test_two_who_take_the_same_file_over_at_once_do_it_once(
    app, make_client, make_user, sign_in, shop, upload, admin, rates
):
    sent = form_of(upload(SAMPLE, country="GB").text)
    clients = [make_client() for _ in range(2)]
    for one in clients:
        sign_in(one, make_user(admin_of=shop.platform))
    barrier, codes = threading.Barrier(2), []

    def send(one):
        barrier.wait()
        codes.append(one.post(f"{admin}/tax-rates/application", data=sent).status_code)

    threads = [threading.Thread(target=send, args=(one,)) for one in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert codes == [303, 303]
    assert rates()["standard", "2026-12-01"] == "20.00"
    with app.app_context(), unit_of_work(read_only=True) as session:
        query = sa.select(sa.func.count()).where(AuditEntry.target == "module-config:inventory")
        assert session.scalar(query) == 1


@pytest.mark.backends("sqlite")
def test_a_country_is_asked_for_where_the_file_leaves_it_open_and_the_file_need_not_be_sent_again(
    client, admin, upload
):
    asked = upload(SAMPLE)
    packed = re.search(r'name="packed" value="([^"]*)"', asked.text)[1]
    shown = client.post(
        f"{admin}/tax-rates", data={"packed": packed, "country": "US", "valid_from": "2027-01-01"}
    )

    assert asked.status_code == 422
    assert "The file has rates of several countries. Choose one of them." in asked.text
    assert re.findall(r'<option value="([A-Z]*)"', asked.text) == ["", "GB", "US"]
    assert '/tax-rates/application">' not in asked.text
    assert lines_of(shown.text)[3][2:5] == ["Standard rate", "10%", "Changed"]
    assert "For a part of the country only (AL, 12345; 123456)" in lines_of(shown.text)[4][5]


@pytest.mark.backends("sqlite")
def test_the_country_that_the_platform_sells_from_needs_no_choice(client, make_platform, make_user, sign_in):
    platform = make_platform(modules=["inventory", "billing"])
    sign_in(client, make_user(admin_of=platform))
    address = f"/platforms/{platform.code}/admin/tax-rates"
    file = (io.BytesIO(f"{HEAD}FR,,,,20,TVA,1,0,1,\nLU,,,,18,TVA,1,0,1,\n".encode()), "rates.csv")
    shown = client.post(address, data={"file": file, "valid_from": "2027-01-01"})

    assert "Without a choice: Luxembourg, if the file has it" in client.get(address).text
    assert [row[4] for row in lines_of(shown.text)] == ["Left out", "Changed"]


@pytest.mark.backends("sqlite")
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "Choose a file."),
        ("a,b\n1,2\n", "These are not tax rates from WooCommerce."),
        (b"\x89PNG\r\n\x1a\n" + bytes(9), "This is no text file."),
        ("x" * 400_000, "The file is larger than 300 kB"),
    ],
)
def test_a_refused_file_is_told_of_at_its_field(upload, content, reason, rates):
    before = rates()
    answer = upload(content)

    assert answer.status_code == 422
    assert re.search(rf'id="field-file-error">{re.escape(reason)}', answer.text)
    assert rates() == before


@pytest.mark.backends("sqlite")
def test_a_day_that_is_none_is_told_of_beside_the_file(upload):
    answer = upload(SAMPLE, country="GB", valid_from="soon")

    assert answer.status_code == 422
    assert 'id="field-valid_from-errors"' in answer.text
    assert 'name="packed"' in answer.text


@pytest.mark.backends("sqlite")
def test_the_largest_file_fits_into_the_form_that_takes_it_over(client, admin, upload):
    lines = [
        f"LU,,{number * 7919 % 99991:05},,{number % 100}.1,{sha256(str(number).encode()).hexdigest()},1,0,1,"
        for number in range(4_998)
    ]
    content = "\n".join([HEAD.strip(), "LU,,,,19,VAT,1,0,1,", *lines])
    page = upload(content[: tax_file_service.LARGEST_FILE], country="LU")
    answer = client.post(f"{admin}/tax-rates/application", data=form_of(page.text))

    assert answer.status_code == 303


@pytest.mark.backends("sqlite")
def test_more_rates_than_the_form_of_the_settings_can_send_are_refused(client, admin, upload, rates):
    before = rates()
    fits = tax_file_service.MOST_RATES - len(before)
    lines = [f"LU,,,,7,VAT,1,0,1,own-{number}" for number in range(fits + 1)]
    most, too_many = (HEAD + "\n".join(lines[:count]) for count in (fits, fits + 1))

    refused = upload(too_many)
    accepted = upload(most)
    forged = form_of(accepted.text) | {"packed": tax_file_service.pack(too_many.encode())}
    assert client.post(f"{admin}/tax-rates/application", data=forged).status_code == 422

    assert refused.status_code == 422
    assert "would have more than 500 rates" in refused.text
    assert accepted.status_code == 200
    assert rates() == before


@pytest.mark.backends("sqlite")
def test_the_settings_of_the_module_lead_to_the_page_and_back(client, admin):
    settings, page = client.get(f"{admin}/modules/inventory").text, client.get(f"{admin}/tax-rates").text

    assert settings.count(f'href="{admin}/tax-rates"') == 2  # beside the settings, and in the menu
    assert f'href="{admin}/modules/inventory#field-tax_rates"' in page
    assert "17%" in page
    assert clock.now().date().isoformat() in page


@pytest.mark.backends("sqlite")
def test_vendors_read_no_rates(client, shop, make_user, sign_in):
    sign_in(client, make_user(owner_of=shop.vendor))

    assert client.get(f"/platforms/{shop.platform.code}/admin/tax-rates").status_code == 404
