"""What the CMS does at its time."""

from datetime import timedelta

from flask import current_app

from modules.cms.services import media_service, presence_service, publication_service
from wizamart import clock
from wizamart.queue import TaskContext, schedule


@schedule("cms.announce_pages", every=timedelta(minutes=5))
def announce_pages(context: TaskContext) -> int:
    """Tell of pages whose time has come; it also runs at the very moment that was set, and this is the net below."""
    return publication_service.announce_due(context.session, now=clock.now())


@schedule("cms.forget_editors", every="daily at 03:40")
def forget_editors(context: TaskContext) -> None:
    """Delete who had pages open yesterday."""
    presence_service.forget_editors(context.session, before=clock.now() - timedelta(days=1))


@schedule("cms.sweep_files", every="daily at 03:50")
def sweep_files(context: TaskContext) -> int:
    """Delete files that belong to no picture any more."""
    if context.platform_id is None:
        return 0
    return media_service.sweep_files(
        context.session,
        platform_id=context.platform_id,
        folder=current_app.extensions["settings"].media_path,
        before=clock.now() - timedelta(days=1),
    )
