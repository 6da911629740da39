"""A sheet of A4: margins, styles, the head of later pages, the foot with page numbers; and building it as bytes."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
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
TEXT: Final = 9
LEADING: Final = 1.35
CLOSE: Final = [
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("TOPPADDING", (0, 0), (-1, -1), 2),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
    ("LEFTPADDING", (0, 0), (0, -1), 0),
    ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
]


def style(
    size: float = TEXT, *, bold: bool = False, right: bool = False, muted: bool = False
) -> ParagraphStyle:
    """Return a style of the house; long words break where they must."""
    fonts.register()
    return ParagraphStyle(
        f"wz-{size}-{bold}-{right}-{muted}",
        fontName=fonts.BOLD if bold else fonts.REGULAR,
        fontSize=size,
        leading=size * LEADING,
        textColor=MUTED if muted else INK,
        alignment=TA_RIGHT if right else 0,
        splitLongWords=1,
    )


def text(value: str, size: float = TEXT, **options: bool) -> Paragraph:
    """Return a paragraph of plain text."""
    return Paragraph(fonts.marked_up(value), style(size, **options))


def lines(values: Sequence[str], size: float = TEXT, **options: bool) -> Paragraph:
    """Return a paragraph with a line for each text."""
    return Paragraph(
        "<br/>".join(fonts.marked_up(value) for value in values if value), style(size, **options)
    )


def table(rows: Sequence[Sequence[Any]], widths: Sequence[float], *, numbers: Sequence[int]) -> LongTable:
    """Return a table whose head is repeated on every page; the columns of `numbers` hold short texts, set right."""
    rules = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("FONT", (0, 1), (-1, -1), fonts.REGULAR, TEXT, TEXT * LEADING),
        ("TEXTCOLOR", (0, 1), (-1, -1), INK),
        ("LINEBELOW", (0, 0), (-1, 0), 0.9, INK),
        ("LINEBELOW", (0, 1), (-1, -1), 0.4, RULE),
        ("TOPPADDING", (0, 0), (-1, -1), 4),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
        ("LEFTPADDING", (0, 0), (0, -1), 0),
        ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
        *(("ALIGN", (column, 1), (column, -1), "RIGHT") for column in numbers),
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
        Table(listed, colWidths=(30 * mm, 56 * mm), style=[*CLOSE, ("LEFTPADDING", (0, 0), (-1, -1), 0)]),
    ]
    both = [*CLOSE, ("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (0, 0), 6 * mm)]
    return Table([[left, right]], colWidths=(84 * mm, 86 * mm), style=both)


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


def build(sheet: Sheet, content: Sequence[Flowable]) -> bytes:
    """Return the PDF."""
    buffer = io.BytesIO()
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

    def draw_head(canvas: Canvas, _document: object) -> None:
        canvas.setFont(fonts.REGULAR, SMALL)
        canvas.setFillColor(MUTED)
        canvas.drawString(MARGIN, A4[1] - 15 * mm, fonts.plain(sheet.name))

    document.addPageTemplates(
        [
            PageTemplate("first", [_frame(18 * mm)]),
            PageTemplate("later", [_frame(22 * mm)], onPage=draw_head),
        ]
    )
    document.build(
        [NextPageTemplate("later"), *content],
        canvasmaker=lambda *arguments, **options: _Pages(sheet, *arguments, **options),
    )
    return buffer.getvalue()


def _frame(top: float) -> Frame:
    return Frame(MARGIN, BOTTOM, WIDTH, A4[1] - BOTTOM - top, 0, 0, 0, 0)


class _Pages(Canvas):  # type: ignore[misc] # reportlab has no types
    """Keeps every page open until the last, since the foot of the first already says how many there are."""

    def __init__(self, sheet: Sheet, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._sheet = sheet
        self._open_pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - reportlab calls it so
        """Put a page aside and begin the next."""
        self._open_pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Write the foot of every page, and the file."""
        pages = list(self._open_pages)
        for number, page in enumerate(pages, start=1):
            self.__dict__.update(page)
            _draw_foot(self, self._sheet, number, len(pages))
            super().showPage()
        super().save()


def _draw_foot(canvas: Canvas, sheet: Sheet, page: int, pages: int) -> None:
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
