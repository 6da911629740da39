"""What the JSON API takes and gives."""

from datetime import datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field

from wizamart.schema import Schema


class PlatformOut(Schema):
    """A platform."""

    code: str
    name: str
    url: str


class PlatformList(Schema):
    """A page of platforms; `next` is the cursor of the following page."""

    platforms: list[PlatformOut]
    next: int | None


class ModuleOut(Schema):
    """A module as it stands on the platform; `is_wanted` is what was asked for, `is_on` what holds."""

    code: str
    name: str
    version: str
    tier: Literal["core", "optional", "internal"]
    is_on: bool
    is_wanted: bool
    problem: str = ""
    requires: list[str]
    dependents: list[str]
    changed_at: datetime | None = None
    changed_by: str | None = None


class ModuleList(Schema):
    """All modules, and the revision that a change may be tied to by `If-Match`."""

    revision: int
    modules: list[ModuleOut]


class PlanIn(Schema):
    """What is to be switched."""

    model_config = ConfigDict(extra="forbid")

    enable: list[str] = Field(default_factory=list)
    disable: list[str] = Field(default_factory=list)


class PlanOut(Schema):
    """The steps of a change and what they bring and cost; `operation_id` once it was carried out."""

    platform_id: int
    revision: int
    steps: list[dict[str, str | None]]
    impact: dict[str, Any]
    vetoes: list[str]
    missing_configuration: list[str]
    operation_id: str | None = None


class ConfigurationOut(Schema):
    """A module's configuration; of a secret, only whether there is one. `If-Match` may name its version."""

    module: str
    version: str
    values: dict[str, Any]
    faults: dict[str, str] = Field(default_factory=dict)


class ConfigurationIn(Schema):
    """The keys to change; the others stay."""

    model_config = ConfigDict(extra="allow")


class HistoryEntry(Schema):
    """One change."""

    id: int
    operation_id: str
    action: str
    target: str
    actor_id: int | None
    cause: str | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    origin: str
    occurred_at: datetime


class HistoryPage(Schema):
    """A page of changes, the newest first; `next` is the cursor of the following page."""

    entries: list[HistoryEntry]
    next: int | None


class JobOut(Schema):
    """A task of the queue."""

    id: int
    name: str
    status: str
    progress: int
    progress_note: str | None
    attempts: int
    error: str | None
    created_at: datetime
    finished_at: datetime | None


class JobList(Schema):
    """Tasks, the newest first; `next` is the cursor of the following page."""

    jobs: list[JobOut]
    next: int | None


class Problem(Schema):
    """What went wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str | None = None
    code: str
    errors: dict[str, list[str]] | None = None
