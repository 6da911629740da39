"""Rules in words, and what their values can be chosen from."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from modules.customers.schemas.segment import Choice, RuleContext, SegmentRule, ValueKind
from modules.customers.services import record_service, segment_service
from wizamart.countries import country_choices, country_name
from wizamart.i18n import available_locales, format_money, gettext as _, language_name
from wizamart.i18n.formats import format_date
from wizamart.platforms import list_vendors


def options_of(
    session: Session, rules: Mapping[str, SegmentRule], context: RuleContext
) -> dict[ValueKind, list[tuple[Any, str]]]:
    """Return what the values of these rules are chosen from, by kind."""
    options: dict[ValueKind, list[tuple[Any, str]]] = {
        ValueKind.COUNTRY: country_choices(),
        ValueKind.LANGUAGE: available_locales(),
        ValueKind.TAG: [
            (name, name) for name in record_service.list_tag_names(session, vendor_id=context.vendor_id)
        ],
    }
    if any(rule.kind is ValueKind.VENDOR for rule in rules.values()):
        options[ValueKind.VENDOR] = list_vendors(session, context.platform_id)
    return options


def describe(
    session: Session, choices: Sequence[Choice], rules: Mapping[str, SegmentRule], context: RuleContext
) -> list[str]:
    """Return the rules of a segment in words; one whose module is off says so."""
    kinds = {rules[choice.code].kind for choice in choices if choice.code in rules}
    vendors = dict(list_vendors(session, context.platform_id)) if ValueKind.VENDOR in kinds else {}
    return [_describe(choice, rules.get(choice.code), context, vendors) for choice in choices]


def _describe(
    choice: Choice, rule: SegmentRule | None, context: RuleContext, vendors: Mapping[int, str]
) -> str:
    if rule is None:
        text = _("%(rule)s, which is off", rule=segment_service.label_of(choice.code))
    else:
        value = _write(rule.kind, choice.value, context, vendors)
        text = f"{rule.label}: {value}" if value else str(rule.label)
    return _("Without: %(rule)s", rule=text) if choice.is_without else text


def _write(kind: ValueKind, value: Any, context: RuleContext, vendors: Mapping[int, str]) -> str:
    ways: dict[ValueKind, Callable[[], str]] = {
        ValueKind.NOTHING: str,
        ValueKind.COUNTRY: lambda: country_name(str(value)),
        ValueKind.LANGUAGE: lambda: language_name(str(value)),
        ValueKind.VENDOR: lambda: vendors.get(value, str(value)),
        ValueKind.MONEY: lambda: format_money(int(value), context.currency),
        ValueKind.DAY: lambda: format_date(context.midnight(str(value)).date()),
    }
    return ways.get(kind, lambda: str(value))()
