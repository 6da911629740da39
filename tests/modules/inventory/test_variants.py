"""Variants are made of options, and keep what they have."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from modules.inventory.exceptions import ProductChangedMeanwhile, ProductLimitReached
from modules.inventory.models.product import Variant
from modules.inventory.schemas.product import ProductForm
from modules.inventory.schemas.states import ProductStatus
from modules.inventory.services import limit_service, product_service
from modules.inventory.services.choice_service import build_choices, choose_variant
from modules.inventory.services.variant_service import (
    missing_values,
    parse_options,
    plan_rows,
    write_options,
)
from tests.modules.inventory.conftest import NOON
from wizamart.exceptions import InvalidInput
from wizamart.feature_gate import Entitlements


def test_options_are_read_as_they_are_written():
    text = " Colour : White,  Red ,White\n\nSize: S, M"
    options = parse_options(text)

    assert [(one.name, one.values) for one in options] == [("Colour", ("White", "Red")), ("Size", ("S", "M"))]
    variants = [{"Colour": "White", "Size": "S"}, {"Colour": "Red", "Size": "M"}]
    assert parse_options(write_options(["Colour", "Size"], variants)) == options


def test_new_values_make_variants_and_those_that_exist_keep_number_and_price():
    rows = [
        {"id": 1, "sku": "MUG", "price_minor": 900, "option1": "White"},
        {"id": 2, "sku": "MUG-R", "price_minor": 1100, "option1": "Red"},
    ]
    options = parse_options("Colour: White, Red, Blue\nSize: S, L")
    planned = plan_rows(options, rows, title="Mug")

    assert missing_values(options, rows) == ["Blue", "S", "L"]
    assert [(row["option1"], row["option2"], row["sku"], row.get("id")) for row in planned] == [
        ("White", "S", "MUG", 1),
        ("White", "L", "MUG-WHITE-L", None),
        ("Red", "S", "MUG-R", 2),
        ("Red", "L", "MUG-RED-L", None),
        ("Blue", "S", "MUG-BLUE-S", None),
        ("Blue", "L", "MUG-BLUE-L", None),
    ]
    assert [row["price_minor"] for row in planned] == [900, 900, 1100, 900, 900, 900]
    assert missing_values(options, planned) == []


@pytest.mark.parametrize(
    "text", ["", "Colour", "A: " + ",".join(map(str, range(16))) + "\nB: " + ",".join(map(str, range(16)))]
)
def test_no_values_and_too_many_make_no_variants(text):
    with pytest.raises(InvalidInput):
        plan_rows(parse_options(text), [], title="Mug")


def test_a_value_leads_to_the_variant_that_keeps_the_other_options():
    def variant(number, colour, size):
        return Variant(id=number, options={"Colour": colour, "Size": size})

    variants = [variant(1, "White", "S"), variant(2, "White", "L"), variant(3, "Red", "L")]
    chosen = choose_variant(variants, None, lambda one: one.id == 2)
    colour, size = build_choices(["Colour", "Size"], variants, chosen, lambda one: one.id != 3)

    assert chosen.id == 2
    assert [(value.label, value.variant_id, value.is_available) for value in colour.values] == [
        ("White", 2, True),
        ("Red", 3, False),
    ]
    assert [(value.label, value.is_chosen) for value in size.values] == [("S", False), ("L", True)]


@pytest.mark.backends("sqlite")
def test_options_make_variants_in_the_form_before_anything_is_saved(
    client, shop, make_product, make_user, sign_in, within
):
    product = make_product(shop, "Mug", skus=("White", "Red"), stock=2)
    sign_in(client, make_user(owner_of=shop.vendor))
    address = f"/platforms/{shop.platform.code}/vendor/{shop.vendor.code}/products/{product.id}"
    form = {
        "title": "Mug",
        "status": "active",
        "tax_class": "standard",
        "options": "Colour: White, Red, Blue",
    }
    for number, (variant_id, name) in enumerate(zip(product.variant_ids, ("White", "Red"), strict=True)):
        row = {"id": variant_id, "sku": name, "price_minor": "39,50", "option1": name}
        form |= {f"variants.{number}.{key}": value for key, value in row.items()}

    generated = client.post(address, data=form)
    with within(shop) as session:
        version = product_service.get_product(session, product.id).version
        product_service.set_status(
            session, product_service.get_product(session, product.id), ProductStatus.DRAFT, at=NOON
        )
    stale = client.post(
        address, data={**form, "options": "Colour: White, Red", "version": version, "title": "Cup"}
    )
    saved = client.post(address, data={**form, "options": "Colour: White, Red", "version": version + 1})

    assert generated.status_code == 200
    assert "1 variant was added." in generated.text
    assert 'value="WHITE-BLUE"' in generated.text or 'value="White-BLUE"' in generated.text
    assert stale.status_code == 409
    assert "Somebody else has changed this product" in stale.text
    assert 'value="Cup"' in stale.text
    assert saved.status_code == 303


def test_a_product_that_changed_meanwhile_is_not_overwritten(shop, make_product, within):
    product = make_product(shop, "Mug", skus=("MUG",))
    with within(shop) as session:
        mug = product_service.get_product(session, product.id)
        form = ProductForm.model_validate({**product_service.form_of(mug), "title": "Cup"})
        assert product_service.update_product(session, mug, form, at=NOON, version=1)
    with within(shop) as session:
        mug = product_service.get_product(session, product.id)
        with pytest.raises(ProductChangedMeanwhile):
            product_service.update_product(session, mug, form, at=NOON, version=1)
        assert not product_service.update_product(session, mug, form, at=NOON, version=mug.version)


def test_a_subscription_says_how_many_products_there_may_be(shop, make_product, within, monkeypatch):
    bound = Entitlements(tier="Essential", limits={"products": 2}, raised_by={"products": "Professional"})
    monkeypatch.setattr(limit_service, "_entitlements_of", lambda *_args, **_tenant: bound)
    first = make_product(shop, "Mug", skus=("MUG",))
    make_product(shop, "Cup", skus=("CUP",))
    make_product(shop, "Old", skus=("OLD",), status="archived")

    with pytest.raises(ProductLimitReached, match=r"includes 2 products\. “Professional” opens more\."):
        make_product(shop, "Jug", skus=("JUG",))
    with within(shop) as session:
        mug = product_service.get_product(session, first.id)
        product_service.set_status(session, mug, ProductStatus.ARCHIVED, at=NOON)
        assert limit_service.count_products(session, vendor_id=shop.vendor.id) == 1
    make_product(shop, "Jug", skus=("JUG",))
    with within(shop) as session:
        mug = product_service.get_product(session, first.id)
        with pytest.raises(ProductLimitReached):
            product_service.set_status(session, mug, ProductStatus.ACTIVE, at=NOON)


def test_no_form_takes_a_product_out_of_the_archive_that_the_subscription_does_not_include(
    shop, make_product, within, monkeypatch
):
    bound = Entitlements(tier="Essential", limits={"products": 1}, raised_by={})
    monkeypatch.setattr(limit_service, "_entitlements_of", lambda *_args, **_tenant: bound)
    make_product(shop, "Mug", skus=("MUG",))
    old = make_product(shop, "Old", skus=("OLD",), status="archived")

    with within(shop) as session:
        product = product_service.get_product(session, old.id)
        form = ProductForm.model_validate({**product_service.form_of(product), "status": "draft"})
        with pytest.raises(ProductLimitReached):
            product_service.update_product(session, product, form, at=NOON)


def test_of_many_who_use_the_last_place_at_the_same_moment_one_does(shop, make_product, monkeypatch):
    bound = Entitlements(tier="Essential", limits={"products": 1}, raised_by={})
    monkeypatch.setattr(limit_service, "_entitlements_of", lambda *_args, **_tenant: bound)

    def is_made(number):
        try:
            make_product(shop, f"Mug {number}", skus=(f"MUG-{number}",))
        except ProductLimitReached:
            return False
        return True

    with ThreadPoolExecutor(4) as workers:
        assert sum(workers.map(is_made, range(8))) == 1
