"""The builder of segments: its rows as they were sent, added to, taken from, and what is wrong with them."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from modules.customers.schemas.segment import (
    MOST_RULES,
    Choice,
    Match,
    SegmentRule,
    Value,
    ValueKind,
    read_value,
    write_value,
)

ROW = re.compile(r"rules\.(\d{1,4})\.code")


@dataclass(slots=True)
class Row:
    """One rule in the builder; without `rule` it belongs to a module that is off and stays as it is."""

    number: int
    code: str
    text: str = ""
    is_without: bool = False
    rule: SegmentRule | None = None
    stored: Value = None
    error: str = ""

    def read(self, currency: str) -> Choice:
        """Return the rule as it is kept.

        :raises ValueError: with what is wrong, for people.
        """
        value = self.stored
        if self.rule is not None:
            value = read_value(self.rule.kind, self.text, currency=currency)
        return Choice(self.code, value, self.is_without)


@dataclass(slots=True)
class Builder:
    """A segment while it is being built."""

    name: str = ""
    match: Match = Match.ALL
    rows: list[Row] = field(default_factory=list)
    errors: dict[str, list[str]] = field(default_factory=dict)

    def finished(self, currency: str) -> list[Choice]:
        """Return the rules that can be asked already."""
        choices = []
        for row in self.rows:
            with suppress(ValueError):
                choices.append(row.read(currency))
        return choices

    def choices(self, currency: str) -> list[Choice] | None:
        """Return the rules, or None when one of them is not finished, which is noted there."""
        choices = []
        for row in self.rows:
            try:
                choices.append(row.read(currency))
            except ValueError as error:
                row.error = str(error)
        return choices if len(choices) == len(self.rows) else None

    def add_row(self, rules: Mapping[str, SegmentRule]) -> None:
        """Add a rule at the end: the first of those there are."""
        if len(self.rows) < MOST_RULES and rules:
            code = next(iter(rules))
            self.rows.append(Row(len(self.rows), code, rule=rules[code]))


def read_builder(
    form: MultiDict[str, str], rules: Mapping[str, SegmentRule], stored: Sequence[Choice]
) -> Builder:
    """Return the builder as it was sent, after the step that was asked for."""
    numbers = sorted(int(found[1]) for name in form if (found := ROW.fullmatch(name)))[:MOST_RULES]
    builder = Builder(
        name=form.get("name", ""),
        match=Match.ANY if form.get("match") == Match.ANY else Match.ALL,
        rows=[_read_row(form, number, rules, stored) for number in numbers],
    )
    step, _colon, which = form.get("step", "").partition(":")
    if step == "remove":
        builder.rows = [row for row in builder.rows if str(row.number) != which]
    for position, row in enumerate(builder.rows):
        row.number = position
    if step == "add":
        builder.add_row(rules)
    return builder


def _read_row(
    form: MultiDict[str, str], number: int, rules: Mapping[str, SegmentRule], stored: Sequence[Choice]
) -> Row:
    """Read a row; a value that was given for another kind of rule is dropped."""
    code = form.get(f"rules.{number}.code", "")
    text = form.get(f"rules.{number}.value", "")
    is_without = form.get(f"rules.{number}.mode") == "without"
    rule = rules.get(code)
    if rule is None:
        kept = next(
            (one for one in stored if one.code == code and str(one.value) == text), Choice(code, text)
        )
        return Row(number, code, text, is_without, None, kept.value)
    if form.get(f"rules.{number}.kind", rule.kind) != rule.kind:
        text = ""
    return Row(number, code, text, is_without, rule)


def build_rows(choices: Sequence[Choice], rules: Mapping[str, SegmentRule], currency: str) -> list[Row]:
    """Return the rows of a segment that is kept."""
    rows = []
    for number, choice in enumerate(choices):
        rule = rules.get(choice.code)
        kind = rule.kind if rule else ValueKind.NOTHING
        text = write_value(kind, choice.value, currency=currency) if rule else str(choice.value)
        rows.append(Row(number, choice.code, text, choice.is_without, rule, choice.value))
    return rows
