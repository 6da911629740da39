"""What the pages of admins and of vendors share: list, editor, preview, versions."""

from datetime import datetime
from typing import Any

from flask import flash, render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy.orm import Session

from modules.cms.schemas.page import PageForm, PublicationForm
from modules.cms.services import markdown, media_service, page_service, revision_service
from modules.cms.services.page_service import Author
from wizamart import clock
from wizamart.exceptions import InvalidInput
from wizamart.i18n import available_locales, current_time_zone, gettext as _, language_name, lazy_gettext
from wizamart.platform_context import current_platform
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to, is_fragment

FIELDS = {
    "slug": lazy_gettext("Address"),
    "placement": lazy_gettext("In the navigation"),
    "position": lazy_gettext("Position"),
    "title": lazy_gettext("Title"),
    "body": lazy_gettext("Text"),
    "seo_title": lazy_gettext("Title for search engines"),
    "seo_description": lazy_gettext("Description for search engines"),
}


def render_body(session: Session, text: str, *, vendor_id: int | None) -> Markup:
    """Return a page's text as it is shown, with the addresses of its pictures."""
    html = markdown.render(
        text,
        root=request.script_root,
        find_media=media_service.finder(session, text, root=request.script_root, vendor_id=vendor_id),
    )
    return Markup(html)  # noqa: S704 - cleaned by an allow-list


def author() -> Author:
    """Return who asks, as the author of a change."""
    return Author(current_user.id, current_user.display_name)


def asked_locale() -> str:
    """Return the language that is written in: the one asked for, or the platform's own."""
    wanted = request.args.get("language", "")
    return wanted if wanted in current_platform.locales else current_platform.default_locale


def show_editor(
    frontend: str, form: SchemaForm[Any], session: Session, page: Any = None, status: int = 200
) -> Any:
    """Render the editor of a new or a known page."""
    locale, vendor_id = asked_locale(), page.vendor_id if page else None
    reference = page.text_in(current_platform.default_locale) if page else None
    html = render_template(
        f"cms/{frontend}/page_edit.html",
        form=form,
        page=page,
        locale=locale,
        languages=available_locales(),
        reference=reference if reference is not None and reference.locale != locale else None,
        preview=render_body(session, form["body"].text, vendor_id=vendor_id),
        publication=SchemaForm(PublicationForm),
        is_live=page is not None and page.is_live(clock.now()),
        language_name=language_name,
        endpoints=f"cms_{frontend}",
    )
    return html, status


def edit(frontend: str, session: Session, page: Any) -> Any:
    """Show the editor with what is stored, in the language that is asked for."""
    locale = asked_locale()
    values = {"slug": page.slug, "placement": page.placement, "position": page.position}
    if page.has_text_in(locale):
        text = page.text_in(locale)
        values |= {name: getattr(text, name) for name in revision_service.TEXT_FIELDS}
    return show_editor(frontend, SchemaForm(PageForm, values=values), session, page)


def create(frontend: str, session: Session, *, vendor_id: int | None) -> Any:
    """Write a new page, or show the form with what is wrong."""
    form = SchemaForm.from_request(PageForm)
    try:
        page = page_service.create_page(
            session,
            form.validate_or_raise(),
            platform_id=current_platform.id,
            vendor_id=vendor_id,
            locale=asked_locale(),
            author=author(),
            at=clock.now(),
        )
    except InvalidInput as error:
        if form.is_valid:
            form.add_errors(error.errors)
        return show_editor(frontend, form, session, status=422)
    media_service.note_uses(session, page)
    flash(_("The page was saved as a draft."), "success")
    return go_to(url_for(f"cms_{frontend}.page_edit", page_id=page.id))


def update(frontend: str, session: Session, page: Any) -> Any:
    """Change a page, or show the form with what is wrong."""
    form = SchemaForm.from_request(PageForm)
    try:
        page_service.update_page(
            session, page, form.validate_or_raise(), locale=asked_locale(), author=author(), at=clock.now()
        )
    except InvalidInput as error:
        if form.is_valid:
            form.add_errors(error.errors)
        return show_editor(frontend, form, session, page, status=422)
    media_service.note_uses(session, page)
    flash(_("The page was saved."), "success")
    return go_to(url_for(f"cms_{frontend}.page_edit", page_id=page.id, language=asked_locale()))


def preview(frontend: str, session: Session, *, vendor_id: int | None) -> str:
    """Render what is in the editor: into its side, or on a page of its own."""
    body = render_body(session, request.form.get("body", ""), vendor_id=vendor_id)
    if is_fragment():
        return str(body)
    title = request.form.get("title", "").strip()
    return render_template(f"cms/{frontend}/page_preview.html", title=title, body=body)


def publish(frontend: str, session: Session, page: Any) -> Any:
    """Make a page public, now or at the time that was sent in the reader's time zone."""
    form, now = SchemaForm.from_request(PublicationForm), clock.now()
    if not form.is_valid:
        flash(_("Enter a valid date and time."), "danger")
    else:
        at = _in_zone(form.value.at) or now
        page_service.publish(session, page, at=at, now=now)
        flash(_("The page is public.") if at <= now else _("The page will be published."), "success")
    return go_to(url_for(f"cms_{frontend}.page_edit", page_id=page.id))


def unpublish(frontend: str, page: Any) -> Any:
    """Make a page a draft again."""
    page_service.unpublish(page, now=clock.now())
    flash(_("The page is a draft again."), "success")
    return go_to(url_for(f"cms_{frontend}.page_edit", page_id=page.id))


def delete(frontend: str, session: Session, page: Any) -> Any:
    """Delete a page."""
    page_service.delete_page(session, page)
    flash(_("The page was deleted."), "success")
    return go_to(url_for(f"cms_{frontend}.page_list"))


def show_revision(frontend: str, session: Session, page: Any, number: int) -> str:
    """Render what a revision changed."""
    revision = revision_service.get_revision(session, page, number)
    before = revision_service.get_revision(session, page, number - 1).content if number > 1 else {}
    return render_template(
        f"cms/{frontend}/revision_detail.html",
        page=page,
        revision=revision,
        differences=revision_service.differences(before, revision.content),
        fields=FIELDS,
        endpoints=f"cms_{frontend}",
    )


def restore(frontend: str, session: Session, page: Any, number: int) -> Any:
    """Go back to a revision."""
    revision = revision_service.get_revision(session, page, number)
    revision_service.restore(
        session,
        page,
        revision,
        author_id=current_user.id,
        author_name=current_user.display_name,
        at=clock.now(),
    )
    media_service.note_uses(session, page)
    flash(_("Version %(number)s was restored.", number=number), "success")
    return go_to(url_for(f"cms_{frontend}.page_edit", page_id=page.id))


def _in_zone(moment: datetime | None) -> datetime | None:
    """Read a time without a zone as that of the reader's."""
    return moment.replace(tzinfo=current_time_zone()) if moment and moment.tzinfo is None else moment
