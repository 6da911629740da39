"""What a module writes to have files imported: how to recognise their columns, plan a line, and apply it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Generic, TypeVar

from sqlalchemy.orm import InstrumentedAttribute, Session

from wizamart.csv_reader import Record
from wizamart.imports.models import ImportChunk, ImportFile, ImportLine
from wizamart.imports.states import Verdict


@dataclass(slots=True, kw_only=True)
class Plan:
    """What becomes of the lines of a unit, by their numbers: verdicts, words beside them, reasons of those refused."""

    verdicts: dict[int, Verdict] = field(default_factory=dict)
    remarks: dict[int, str] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)


PlanT = TypeVar("PlanT", bound=Plan)


class Batch(ABC, Generic[PlanT]):
    """Some units of a file, with what is known of them already: the preview and the import make the same plans."""

    @abstractmethod
    def plan(self, lines: Sequence[Any]) -> PlanT:
        """Return what the lines of one unit would do, given in the order of the file; writes nothing."""

    @abstractmethod
    def apply(self, plan: PlanT) -> None:
        """Bring one unit in; what it does is taken back when it raises.

        :raises WizamartError: when the unit cannot be brought in; its lines are refused with the message.
        """

    def save(self) -> None:
        """Write what is better written for all units of the batch together."""


class Importer(ABC):
    """A kind of file that a module imports.

    A unit is what is planned and applied together: a line, unless `unit` names another column of the lines that all
    lines of a unit share. `applies` are the verdicts with which a unit is looked at when the file is brought in.
    With `keeps_file` the file stays until it is brought in, so that it can be read again with other columns.
    """

    package: ClassVar[str]
    file: ClassVar[type[ImportFile]]
    chunk: ClassVar[type[ImportChunk]]
    line: ClassVar[type[ImportLine]]
    kept: ClassVar[timedelta]
    applies: ClassVar[frozenset[Verdict]] = frozenset({Verdict.CREATE, Verdict.UPDATE})
    keeps_file: ClassVar[bool] = False

    @property
    def unit(self) -> InstrumentedAttribute[Any]:
        """The column of the lines that tells units apart."""
        return self.line.number

    def task_name(self, step: str) -> str:
        """Return the name of the task that does a step: read, judge or apply."""
        return f"{self.package}.{step}_import"

    @abstractmethod
    def known_headings(self) -> frozenset[str]:
        """Return headings, cleaned, by which the delimiter is found."""

    @abstractmethod
    def recognise(self, row: Any, headings: Sequence[str]) -> None:
        """Write down what the columns are.

        :raises FileRefused: when this is no file for us.
        """

    @abstractmethod
    def columns_of(self, row: Any) -> list[str]:
        """Return the key of each column, in their order, under which `reader` wants the cells."""

    def verbatim(self, _row: Any) -> frozenset[str]:
        """Return the keys of columns whose cells keep the white space around them."""
        return frozenset()

    @abstractmethod
    def reader(self, session: Session, row: Any, *, at: datetime) -> Callable[[Record], Mapping[str, Any]]:
        """Return what makes the columns of a line, with `values`, out of a record.

        It raises LineRefused for a record that says what cannot be.
        """

    @abstractmethod
    def shown(self, record: Record) -> Mapping[str, Any]:
        """Return the same columns but `values` for a record that is refused, as far as it can be recognised."""

    def complete(self, session: Session, row: Any) -> None:  # noqa: B027 - most have nothing to do
        """Do what can be done only when all lines are read."""

    @abstractmethod
    def load(
        self,
        session: Session,
        row: Any,
        units: Mapping[Any, Sequence[Any]],
        *,
        is_preview: bool,
        at: datetime,
    ) -> Batch[Any]:
        """Read in a handful of queries what is known of these units; for the import itself it may lock them."""
