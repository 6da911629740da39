"""Whether mails leave."""

from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa

from wizamart import clock
from wizamart.database import db
from wizamart.mail import Mail, MailStatus

RECENTLY: Final = timedelta(hours=1)
MANY: Final = 10


def check() -> dict[str, Any]:
    """Say so when many mails of the last hour could not be sent."""
    statement = sa.select(sa.func.count(Mail.id)).where(
        Mail.status == MailStatus.FAILED, Mail.created_at > clock.now() - RECENTLY
    )
    with db.engine.connect() as connection:
        failed = connection.execute(statement).scalar() or 0
    if failed >= MANY:
        return {"status": "degraded", "message": f"{failed} mails of the last hour failed"}
    return {"status": "healthy"}
