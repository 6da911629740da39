"""A sheet of A4: margins, styles, the head of later pages, the foot with page numbers; and building it as bytes."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    LongTable,
    NextPageTemplate,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

from modules.orders.documents import fonts
from modules.orders.schemas.document import Party
from wizamart.i18n import gettext as _

MARGIN: Final = 20 * mm
BOTTOM: Final = 30 * mm
WIDTH: Final = A4[0] - 2 * MARGIN
INK: Final = colors.HexColor("#1d2433")
MUTED: Final = colors.HexColor("#5b6577")
RULE: Final = colors.HexColor("#c9d0dc")
SMALL: Final = 8
HEAD: Final = 18
CLOSE: Final = [
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("TOPPADDING", (0, 0), (-1, -1), 2),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
    ("LEFTPADDING", (0, 0), (0, -1), 0),
    ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
]


def style(size: float = 9, *, bold: bool = False, right: bool = False, muted: bool = False) -> ParagraphStyle:
    """Return a style of the house; long words break where they must."""
    fonts.register()
    return ParagraphStyle(
        f"wz-{size}-{bold}-{right}-{muted}",
        fontName=fonts.BOLD if bold else fonts.REGULAR,
        fontSize=size,
        leading=size * 1.35,
        textColor=MUTED if muted else INK,
        alignment=TA_RIGHT if right else 0,
        splitLongWords=1,
    )


def text(value: str, size: float = 9, **options: bool) -> Paragraph:
    """Return a paragraph of plain text."""
    return Paragraph(fonts.marked_up(value), style(size, **options))


def lines(values: Sequence[str], size: float = 9, **options: bool) -> Paragraph:
    """Return a paragraph with a line for each text."""
    return Paragraph(
        "<br/>".join(fonts.marked_up(value) for value in values if value), style(size, **options)
    )


def table(rows: Sequence[Sequence[Any]], widths: Sequence[float]) -> LongTable:
    """Return a table whose head is repeated on every page."""
    rules = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, 0), 0.9, INK),
        ("LINEBELOW", (0, 1), (-1, -1), 0.4, RULE),
        ("TOPPADDING", (0, 0), (-1, -1), 4),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
        ("LEFTPADDING", (0, 0), (0, -1), 0),
        ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
    ]
    return LongTable(list(rows), colWidths=list(widths), repeatRows=1, style=rules)


def letterhead(sender: Party, receiver: Party, heading: str, facts: Sequence[tuple[str, str]]) -> Flowable:
    """Return what a letter begins with: who writes to whom in the window of an envelope, what it is, and its facts."""
    left = [
        text(sender.name, 13, bold=True),
        Spacer(0, 14 * mm),
        text(" · ".join((sender.name, *sender.address)), 6.5, muted=True),
        Spacer(0, 2 * mm),
        lines((receiver.name, *receiver.address), 10),
    ]
    if receiver.vat_number:
        left.append(text(_("VAT number %(number)s", number=receiver.vat_number)))
    listed = [[text(label, muted=True), text(value, right=True)] for label, value in facts if value]
    right = [
        text(heading, HEAD, bold=True, right=True),
        Spacer(0, 10 * mm),
        Table(listed, colWidths=(30 * mm, 48 * mm), style=[*CLOSE, ("LEFTPADDING", (0, 0), (-1, -1), 0)]),
    ]
    both = [*CLOSE, ("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (0, 0), 6 * mm)]
    return Table([[left, right]], colWidths=(92 * mm, 78 * mm), style=both)


def foot_of(sender: Party) -> list[str]:
    """Return who sells, as every page says below."""
    numbers = [
        _("VAT number %(number)s", number=sender.vat_number) if sender.vat_number else "",
        _("Trade register %(number)s", number=sender.registration_number)
        if sender.registration_number
        else "",
        sender.email,
        sender.phone,
    ]
    return [" · ".join((sender.name, *sender.address)), " · ".join(filter(None, numbers))]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What surrounds the content: `name` heads later pages, `foot` stands below every page."""

    title: str
    author: str
    subject: str
    language: str
    name: str
    foot: Sequence[str]


def build(sheet: Sheet, content: Callable[[], list[Flowable]]) -> bytes:
    """Return the PDF; it is laid out twice, since its first page already says how many there are."""
    pages = 0
    for _pass in range(2):
        buffer = io.BytesIO()
        document = _document(sheet, buffer, pages)
        document.build([NextPageTemplate("later"), *content()])
        pages = document.page
    return buffer.getvalue()


def _document(sheet: Sheet, buffer: io.BytesIO, pages: int) -> BaseDocTemplate:
    document = BaseDocTemplate(
        buffer,
        pagesize=A4,
        title=fonts.plain(sheet.title),
        author=fonts.plain(sheet.author),
        subject=fonts.plain(sheet.subject),
        creator="Wizamart",
        lang=sheet.language,
        displayDocTitle=True,
        invariant=True,
        pageCompression=1,
    )

    def frame(top: float, name: str) -> Frame:
        height = A4[1] - BOTTOM - top
        return Frame(MARGIN, BOTTOM, WIDTH, height, 0, 0, 0, 0, id=name)

    def draw(canvas: Any, made: Any) -> None:
        canvas.saveState()
        _draw_foot(canvas, sheet, made.page, pages)
        if made.page > 1:
            canvas.setFont(fonts.REGULAR, SMALL)
            canvas.setFillColor(MUTED)
            canvas.drawString(MARGIN, A4[1] - 15 * mm, fonts.plain(sheet.name))
        canvas.restoreState()

    document.addPageTemplates(
        [
            PageTemplate("first", [frame(18 * mm, "first")], onPage=draw),
            PageTemplate("later", [frame(22 * mm, "later")], onPage=draw),
        ]
    )
    return document


def _draw_foot(canvas: Any, sheet: Sheet, page: int, pages: int) -> None:
    canvas.setStrokeColor(RULE)
    canvas.line(MARGIN, 24 * mm, A4[0] - MARGIN, 24 * mm)
    canvas.setFillColor(MUTED)
    canvas.setFont(fonts.REGULAR, SMALL - 1)
    number = _("Page %(page)s of %(pages)s", page=page, pages=pages)
    canvas.drawRightString(A4[0] - MARGIN, 20 * mm, fonts.plain(number))
    room = WIDTH - stringWidth(number, fonts.REGULAR, SMALL - 1) - 8 * mm
    foot = Paragraph(
        "<br/>".join(fonts.marked_up(line) for line in sheet.foot if line), style(SMALL - 1, muted=True)
    )
    _width, height = foot.wrap(room, 15 * mm)
    foot.drawOn(canvas, MARGIN, 22.4 * mm - height)
