"""A small importer, as a third module would write it: lists of colours, one a line, and tables of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from wizamart import imports
from wizamart.csv_reader import FileRefused
from wizamart.database import Base, db, unit_of_work
from wizamart.exceptions import RuleViolation
from wizamart.imports import LineRefused, Verdict
from wizamart.platforms import PlatformOwned, VendorOwned, scoped
from wizamart.queue import SCHEDULES, TASKS, Task, TaskStatus, run_task

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Colour(PlatformOwned, Base):
    __tablename__ = "tests_colours"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(40), unique=True)
    code: Mapped[str] = mapped_column(sa.String(40))


class ColourImport(VendorOwned, imports.ImportFile, Base):
    __tablename__ = "tests_imports"


class ColourChunk(VendorOwned, imports.ImportChunk, Base):
    __tablename__ = "tests_import_chunks"
    of_table = "tests_imports"


class ColourLine(VendorOwned, imports.ImportLine, Base):
    __tablename__ = "tests_import_lines"
    of_table = "tests_imports"

    family: Mapped[str] = mapped_column(sa.String(40))


TABLES = [table.__table__ for table in (Colour, ColourImport, ColourChunk, ColourLine)]


class Refused(RuleViolation):
    message = "Nobody wants this colour."


class Colours(imports.Importer):
    package = "framework"
    file = ColourImport
    chunk = ColourChunk
    line = ColourLine
    kept = timedelta(days=30)

    def __init__(self):
        self.interrupted_at = None

    def known_headings(self):
        return frozenset({"name", "code"})

    def recognise(self, row, headings):
        if list(headings) != ["name", "code"]:
            raise FileRefused("These are no colours.")

    def columns_of(self, row):
        return ["name", "code"]

    def reader(self, session, row, *, at):
        def read(record):
            if not record.values["name"]:
                raise LineRefused("The colour has no name.")
            return {"family": record.values["name"][0], "values": dict(record.values)}

        return read

    def shown(self, record):
        return {"family": ""}

    def load(self, session, row, units, *, is_preview, at):
        lines = [line for unit in units.values() for line in unit]
        return ColourBatch(self, session, lines)


class ColourFamilies(Colours):
    """Colours with the same first letter go together."""

    @property
    def unit(self):
        return ColourLine.family


@dataclass(slots=True, kw_only=True)
class Plan(imports.Plan):
    wanted: list[dict[str, str]]


class ColourBatch(imports.Batch[Plan]):
    def __init__(self, importer, session, lines):
        self.importer, self.session = importer, session
        names = [line.values["name"] for line in lines]
        found = session.scalars(sa.select(Colour).where(Colour.name.in_(names)))
        self.known = {colour.name: colour for colour in found}

    def plan(self, lines):
        plan = Plan(wanted=[line.values for line in lines])
        for line in lines:
            known = self.known.get(line.values["name"])
            if known is None:
                plan.verdicts[line.number] = Verdict.CREATE
            elif known.code != line.values["code"]:
                plan.verdicts[line.number] = Verdict.UPDATE
                plan.remarks[line.number] = f"It was {known.code}."
            if line.values["code"] == "bad":
                plan.refused[line.number] = "There is no such code."
        return plan

    def apply(self, plan):
        for values in plan.wanted:
            if values["name"] == self.importer.interrupted_at:
                self.importer.interrupted_at = None
                raise OSError("the machine is on fire")
            colour = self.known.get(values["name"]) or Colour(name=values["name"])
            colour.code = values["code"]
            self.session.add(colour)
            self.session.flush()
            if values["code"] == "unwanted":
                raise Refused


@pytest.fixture
def tables(app) -> Iterator[None]:
    with app.app_context():
        Base.metadata.create_all(db.engine, tables=TABLES)
        db.engine.dispose()
    yield
    with app.app_context():
        db.session.remove()
        Base.metadata.drop_all(db.engine, tables=TABLES)


@pytest.fixture(params=[Colours, ColourFamilies], ids=["line by line", "in groups"])
def any_importer(request, tables) -> Iterator[Colours]:
    yield from registered(request.param())


@pytest.fixture
def importer(tables) -> Iterator[Colours]:
    yield from registered(Colours())


@pytest.fixture
def grouped(tables) -> Iterator[Colours]:
    yield from registered(ColourFamilies())


def registered(importer):
    imports.register_tasks("framework", lambda: importer, forget_at="03:00")
    yield importer
    for step in ("read", "judge", "apply"):
        del TASKS[importer.task_name(step)]
    del TASKS["framework.forget_imports"], SCHEDULES["framework.forget_imports"]


@pytest.fixture
def shop(make_platform, make_vendor):
    platform = make_platform()
    return SimpleNamespace(platform=platform, vendor=make_vendor(platform))


@pytest.fixture
def within(app):
    @contextmanager
    def work(shop):
        with app.app_context(), unit_of_work() as session, scoped(session, shop.platform.id, shop.vendor.id):
            yield session

    return work


@pytest.fixture
def upload(within, shop):
    def send(importer, text, *, at=NOON):
        content = text if isinstance(text, bytes) else text.encode()
        with within(shop) as session:
            return imports.create_import(
                session,
                importer,
                [content[start : start + 10] for start in range(0, len(content), 10)],
                file_name="colours.csv",
                platform_id=shop.platform.id,
                vendor_id=shop.vendor.id,
                user_id=None,
                locale="en",
                at=at,
            ).id

    return send


@pytest.fixture
def step(app):
    """Return `step()`, which does the next waiting step and returns its outcome, None when none waits."""

    def run():
        waiting = sa.select(Task.id).where(
            Task.status.in_([TaskStatus.QUEUED, TaskStatus.FAILED]), Task.name.endswith("_import")
        )
        with app.app_context(), unit_of_work() as session:
            session.execute(sa.update(Task).values(run_at=NOON))
            task_id = session.scalar(waiting.order_by(Task.id).limit(1))
        return run_task(app, task_id) if task_id is not None else None

    return run


@pytest.fixture
def work_off(step):
    def run():
        outcomes = []
        while (outcome := step()) is not None:
            outcomes.append(str(outcome))
        return outcomes

    return run


@pytest.fixture
def start(within, shop, work_off):
    """Return `start(importer, import_id, all_or_nothing=False)`, which brings a file in."""

    def bring(importer, import_id, *, all_or_nothing=False):
        with within(shop) as session:
            row = imports.get_import(session, importer, import_id, vendor_id=shop.vendor.id)
            imports.start_applying(
                session, importer, row, is_all_or_nothing=all_or_nothing, locale="en", at=NOON
            )

    return bring


@pytest.fixture
def outcome(within, shop):
    """Return `outcome(importer, import_id)`: the row, its lines' verdicts and reasons, and all colours."""

    def read(importer, import_id):
        with within(shop) as session:
            row = imports.get_import(session, importer, import_id, vendor_id=shop.vendor.id)
            lines = imports.list_lines(session, importer, import_id).all()
            colours = session.scalars(sa.select(Colour).order_by(Colour.name)).all()
            return SimpleNamespace(
                status=row.status,
                problem=row.problem,
                counts=row.counts,
                lines=row.lines,
                progress=(row.judged_lines, row.applied_lines),
                verdicts=[line.verdict for line in lines],
                reasons={line.number: line.reason for line in lines if line.reason},
                colours={colour.name: colour.code for colour in colours},
                chunks=session.scalar(sa.select(sa.func.count()).select_from(ColourChunk)),
            )

    return read
