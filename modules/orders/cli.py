"""`wizamart orders`: play a file of real invoices into a platform."""

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
from babel.numbers import UnknownCurrencyError, format_decimal, get_currency_precision, validate_currency
from flask.cli import AppGroup

from modules.orders.replay import matching, reading
from modules.orders.replay.matching import Cancellation
from modules.orders.replay.reading import FileInvoice
from modules.orders.services import document_content, document_service, replay_service, replay_sums
from modules.orders.services.replay_service import Replay
from modules.orders.services.replay_sums import Comparison
from wizamart.module_system.commands import work_on_platform

orders_group = AppGroup("orders", help="Work on the orders of a platform.")
commands = [orders_group]


@orders_group.command("replay")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--platform", "platform_code", required=True, help="Code of the platform.")
@click.option("--vendor", "vendor_code", required=True, help="Code of the vendor that sells.")
@click.option(
    "--currency", default="GBP", show_default=True, help="Of the prices; orders keep it as their own."
)
@click.option("--prices", type=click.Choice(["gross", "net"]), default="gross", show_default=True)
@click.option("--vat", type=Decimal, default=Decimal(20), show_default=True, help="VAT in percent.")
@click.option(
    "--series", default="replay", show_default=True, help="Another file of the same numbers takes another."
)
@click.option("--limit", type=click.IntRange(min=1), help="Only so many invoices, the earliest.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON; what is told meanwhile goes to stderr.")
def replay_orders(file: Path, **options: Any) -> None:
    """Play the invoices of FILE into a platform: orders, returns with refunds, credit notes.

    What was played before is left alone, so a broken-off run is simply started again. At the end the sums of the file
    and of the platform stand side by side; where they differ, the exit status is 1.
    """
    _check(options)
    invoices = reading.read_invoices(file, options["currency"])[: options["limit"]]
    taken = matching.match(invoices)
    replay, played = _open(options, needs_seller=any(one.without_origin for one in taken.values()))
    todo = [one for one in invoices if replay.key(one.number) not in played]
    sales = sum(1 for one in todo if not one.is_cancellation)
    counts = {"invoices": len(invoices), "sales": sales, "cancellations": len(todo) - sales}
    as_json = options["as_json"]
    click.echo(f"{len(invoices)} invoices, {len(invoices) - len(todo)} of them played before", err=as_json)
    if options["dry_run"]:
        plan = f"to play: {sales} sales, {len(todo) - sales} cancellations"
        click.echo(json.dumps(counts) if as_json else plan)
        return
    _play_all(todo, taken, replay, options)
    with work_on_platform(
        "orders", options["platform_code"], options["vendor_code"], read_only=True
    ) as place:
        table = replay_sums.compare(place.session, replay, invoices, taken.values())
    if as_json:
        sums = [{**asdict(row), "agrees": row.agrees} for row in table]
        click.echo(json.dumps({**counts, "currency": replay.currency, "sums": sums}, indent=2))
    else:
        _print(table, replay.currency)
    if not all(row.agrees for row in table):
        raise click.exceptions.Exit(1)


def _check(options: dict[str, Any]) -> None:
    try:
        validate_currency(options["currency"])
    except UnknownCurrencyError as error:
        raise click.BadParameter(str(error), param_hint="--currency") from error
    if not 0 <= options["vat"] <= 100:  # noqa: PLR2004 - percent
        raise click.BadParameter("between 0 and 100", param_hint="--vat")
    if not options["series"].isalnum() or len(options["series"]) > 20:  # noqa: PLR2004 - it begins every key
        raise click.BadParameter("up to 20 letters and digits", param_hint="--series")


def _open(options: dict[str, Any], *, needs_seller: bool) -> tuple[Replay, set[str]]:
    """Return where to play, and what was played there before; refuses now what would be refused half-way."""
    with work_on_platform(
        "orders", options["platform_code"], options["vendor_code"], read_only=True
    ) as place:
        if place.vendor is None:
            raise click.UsageError("A vendor is needed.")
        if needs_seller:
            document_content.get_seller(place.session, place.vendor.id)
        replay = Replay(
            platform_id=place.platform.id,
            vendor_id=place.vendor.id,
            zone=document_service.time_zone_of(place.session, place.platform.id),
            locale=place.platform.default_locale,
            currency=options["currency"],
            prices_include_tax=options["prices"] == "gross",
            tax_rate=options["vat"],
            series=options["series"],
        )
        return replay, replay_service.list_played(place.session, replay)


def _play_all(
    todo: Sequence[FileInvoice], taken: dict[str, Cancellation], replay: Replay, options: dict[str, Any]
) -> None:
    begun, told = time.monotonic(), sys.stderr if options["as_json"] else sys.stdout
    with click.progressbar(todo, label="Playing", file=told) as shown:
        for invoice in shown:
            _play(invoice, taken, replay, options)
    if todo:
        seconds = time.monotonic() - begun
        click.echo(f"{len(todo)} invoices in {seconds:.1f} s, {len(todo) / seconds:.0f} a second", file=told)


def _play(
    invoice: FileInvoice, taken: dict[str, Cancellation], replay: Replay, options: dict[str, Any]
) -> None:
    """Play one invoice in a transaction of its own."""
    with work_on_platform("orders", options["platform_code"], options["vendor_code"]) as place:
        if invoice.is_cancellation:
            replay_service.play_cancellation(place.session, taken[invoice.number], replay)
        else:
            replay_service.play_sale(place.session, invoice, replay)


def _print(table: Sequence[Comparison], currency: str) -> None:
    def written(minor: int) -> str:
        amount = Decimal(minor).scaleb(-get_currency_precision(currency))
        return format_decimal(amount, "#,##0.00", locale="en")

    click.echo(f"\n{currency:<42}{'file':>8}{'':>14}{'platform':>8}{'':>14}")
    for row in table:
        sides = "".join(f"{one.count:>8}{written(one.minor):>14}" for one in (row.file, row.platform))
        click.echo(f"{row.label:<42}{sides}  {'agrees' if row.agrees else 'DIFFERS'}")
