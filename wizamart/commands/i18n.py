"""`wizamart i18n`: extract, update, compile, check and count translations, per module and language."""

import dataclasses
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click
from babel.messages.mofile import write_mo
from babel.messages.pofile import write_po
from flask import current_app
from flask.cli import AppGroup

from wizamart.config import ROOT
from wizamart.i18n import LOCALES, Catalogues
from wizamart.i18n.catalogues import catalogue_file, catalogue_locales, load_po
from wizamart.i18n.checks import Coverage, Finding, check_catalogue, clashes, coverage
from wizamart.i18n.extraction import Source, extract, update

TRANSLATED = tuple(code for code in LOCALES if code != "en")  # English is the source
FRAMEWORK = "wizamart"

module_option = click.option("--module", "codes", multiple=True, help="Only these modules (or `wizamart`).")
locale_option = click.option("--locale", "locales", multiple=True, help="Only these languages.")


def sources(codes: tuple[str, ...] = ()) -> list[Source]:
    """Return the framework and the modules whose catalogues the application merges."""
    catalogues: Catalogues = current_app.extensions["catalogues"]
    known = []
    for code, folder in catalogues.folders:
        roots = (ROOT / "wizamart", ROOT / "templates") if code == FRAMEWORK else (folder.parent,)
        known.append(Source(code, roots, folder))
    strangers = set(codes) - {source.code for source in known}
    if strangers:
        raise click.BadParameter(f"unknown: {', '.join(sorted(strangers))}")
    return [source for source in known if not codes or source.code in codes]


i18n_group = AppGroup("i18n", help="Extract, update, check and count translations.")


@i18n_group.command("extract")
@module_option
@click.option("--output", type=click.Path(path_type=Path, file_okay=False), help="Folder for the .pot files.")
def extract_command(codes: tuple[str, ...], output: Path | None) -> None:
    """Write a template of all messages per module, outside of the tree unless told where."""
    output = output or Path(tempfile.mkdtemp(prefix="wizamart-i18n-"))
    output.mkdir(parents=True, exist_ok=True)
    for source in sources(codes):
        template = extract(source)
        file = output / f"{source.code}.pot"
        with file.open("wb") as stream:
            write_po(stream, template, include_lineno=False, sort_output=True)
        click.echo(f"{file}: {len(template)} messages")


@i18n_group.command("update")
@module_option
@locale_option
def update_command(codes: tuple[str, ...], locales: tuple[str, ...]) -> None:
    """Bring the catalogues up to date with the code; what is new stands in them untranslated."""
    for source in sources(codes):
        template = extract(source)
        for locale in locales or TRANSLATED:
            if update(source, template, locale):
                click.echo(f"{source.code} {locale}: updated, {len(template)} messages")


@i18n_group.command("compile")
@module_option
def compile_command(codes: tuple[str, ...]) -> None:
    """Write .mo files for other tools; the application itself reads the .po files."""
    written = 0
    for source in sources(codes):
        for locale in catalogue_locales(source.folder):
            file = catalogue_file(source.folder, locale)
            if file is None or file.suffix != ".po":
                continue
            with file.with_suffix(".mo").open("wb") as stream:
                write_mo(stream, load_po(file, locale))
            written += 1
    click.echo(f"Wrote {written} .mo files, each beside its .po file.")


@i18n_group.command("check")
@module_option
@locale_option
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
def check_command(codes: tuple[str, ...], locales: tuple[str, ...], *, as_json: bool) -> None:
    """List what is missing, fuzzy, obsolete or broken, by file and line; fail if there is anything."""
    findings = sorted(find(codes, locales))
    if as_json:
        rows = [{**dataclasses.asdict(finding), "file": str(finding.file)} for finding in findings]
        click.echo(json.dumps(rows, indent=2))
    else:
        for finding in findings:
            click.echo(str(finding), err=True)
    if findings:
        raise click.exceptions.Exit(1)
    if not as_json:
        click.echo("Nothing to mend.")


def find(codes: tuple[str, ...] = (), locales: tuple[str, ...] = ()) -> Iterator[Finding]:
    """Yield what is wrong in the catalogues of the application."""
    chosen = sources(codes)
    for source in chosen:
        template = extract(source)
        shipped = catalogue_locales(source.folder)
        for locale in locales or tuple(dict.fromkeys((*TRANSLATED, *shipped))):
            if locale != "en":
                yield from check_catalogue(source.folder, locale, template)
    for locale in locales or TRANSLATED:
        yield from clashes([(source.code, source.folder) for source in chosen], locale)


@i18n_group.command("stats")
@module_option
@locale_option
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
def stats_command(codes: tuple[str, ...], locales: tuple[str, ...], *, as_json: bool) -> None:
    """Show how much is translated, by module and language."""
    found = statistics(codes, locales)
    if as_json:
        rows = [{**dataclasses.asdict(item), "percent": item.percent} for item in found]
        click.echo(json.dumps(rows, indent=2))
        return
    for item in found:
        fuzzy = f", {item.fuzzy} fuzzy" if item.fuzzy else ""
        click.echo(
            f"{item.code:<16} {item.locale:<3} {item.percent:>3} %  {item.translated}/{item.total}{fuzzy}"
        )


def statistics(codes: tuple[str, ...] = (), locales: tuple[str, ...] = ()) -> list[Coverage]:
    """Return the coverage of every module in every language."""
    found = []
    for source in sources(codes):
        template = extract(source)
        found += [coverage(source.code, source.folder, locale, template) for locale in locales or TRANSLATED]
    return found
