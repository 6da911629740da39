"""What the audit trail calls what was changed: providers of `core.audit_target` return these.

A provider is called with `(session, targets)`, where `targets` holds the ids by kind, as in `{"vendor": {"3", "7"}}`,
and returns `{"vendor:3": AuditTarget(…)}` for those it knows. What nobody knows any more is shown by its id.
"""

from dataclasses import dataclass

from wizamart.i18n import LazyText


@dataclass(frozen=True, slots=True)
class AuditTarget:
    """The name of what was changed, and where it is shown, for those who hold the permission."""

    name: str | LazyText
    url: str | None = None
    permission: str | None = None
