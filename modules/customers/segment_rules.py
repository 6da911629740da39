"""What segments can ask of customers themselves."""

from typing import Any

import sqlalchemy as sa

from modules.customers.models.customer import Customer, CustomerVendor
from modules.customers.models.record import Tag
from modules.customers.schemas.segment import TAG_RULE, RuleContext, SegmentRule, ValueKind
from wizamart.i18n import lazy_gettext as _


def in_country(_context: RuleContext, code: str) -> sa.Select[Any]:
    """Select who lives there."""
    return sa.select(Customer.id).where(Customer.country == code)


def has_tag(context: RuleContext, name: str) -> sa.Select[Any]:
    """Select who has the tag; vendors and the platform have their own."""
    return sa.select(Tag.customer_id).where(Tag.name == name, Tag.vendor_id == context.vendor_id)


def consents_to_news(_context: RuleContext, _value: None) -> sa.Select[Any]:
    """Select who agreed to get news."""
    return sa.select(Customer.id).where(Customer.marketing_consent)


def has_account(_context: RuleContext, _value: None) -> sa.Select[Any]:
    """Select who can sign in."""
    return sa.select(Customer.id).where(Customer.user_id.is_not(None))


def created_since(context: RuleContext, day: str) -> sa.Select[Any]:
    """Select who came on this day or later."""
    return sa.select(Customer.id).where(Customer.created_at >= context.midnight(day))


def created_within(context: RuleContext, days: int) -> sa.Select[Any]:
    """Select who came in the last days."""
    return sa.select(Customer.id).where(Customer.created_at >= context.days_ago(days))


def speaks(_context: RuleContext, locale: str) -> sa.Select[Any]:
    """Select who wants to be written to in this language."""
    return sa.select(Customer.id).where(Customer.locale == locale)


def from_vendor(_context: RuleContext, vendor_id: int) -> sa.Select[Any]:
    """Select who deals with the vendor."""
    return sa.select(CustomerVendor.customer_id).where(CustomerVendor.vendor_id == vendor_id)


RULES = (
    SegmentRule("customers.country", _("Country"), ValueKind.COUNTRY, in_country),
    SegmentRule(TAG_RULE, _("Tag"), ValueKind.TAG, has_tag),
    SegmentRule("customers.consent", _("Agreed to news by e-mail"), ValueKind.NOTHING, consents_to_news),
    SegmentRule("customers.since", _("Customer since"), ValueKind.DAY, created_since),
    SegmentRule("customers.within", _("New within the last days"), ValueKind.NUMBER, created_within),
    SegmentRule("customers.language", _("Language"), ValueKind.LANGUAGE, speaks),
    SegmentRule("customers.account", _("Has an account"), ValueKind.NOTHING, has_account),
    SegmentRule(
        "customers.vendor", _("Customer of the vendor"), ValueKind.VENDOR, from_vendor, is_for_vendors=False
    ),
)
