"""Small pictures of goods, drawn by code, for demonstrations and tests.

Any module may have them: `draw(motif, colour)` returns the content of a PNG for `media_service.add_media`, of one of
`MOTIFS`. Each takes some 0.2 seconds: draw a dozen for many products rather than one for each.
"""

import colorsys
import functools
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageDraw, ImageFilter

SIZE: Final = (960, 720)
_SCALE: Final = 2  # drawn larger and made smaller, so that edges are smooth
Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Brush:
    """A canvas with its own measure: x from the middle to both sides, y from the floor, a hundred to the top."""

    draw: ImageDraw.ImageDraw
    colour: Colour
    unit: float
    origin: tuple[float, float]

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return a place in pixels."""
        return self.origin[0] + x * self.unit, self.origin[1] - y * self.unit

    def shade(self, factor: float) -> Colour:
        """Return the colour, darker (below 1) or lighter (above)."""
        return shade(self.colour, factor)

    def box(  # noqa: PLR0917 - four edges, always in this order
        self, left: float, bottom: float, right: float, top: float, fill: Colour, radius: float = 0
    ) -> None:
        """Draw a rectangle, with round corners where a radius is given."""
        (x0, y0), (x1, y1) = self.at(left, top), self.at(right, bottom)
        self.draw.rounded_rectangle((x0, y0, x1, y1), radius * self.unit, fill)

    def oval(self, x: float, y: float, width: float, height: float, fill: Colour) -> None:
        """Draw an ellipse around its middle."""
        (x0, y0), (x1, y1) = self.at(x - width / 2, y + height / 2), self.at(x + width / 2, y - height / 2)
        self.draw.ellipse((x0, y0, x1, y1), fill)

    def ring(  # noqa: PLR0917 - as for the others
        self, x: float, y: float, width: float, height: float, thick: float, fill: Colour
    ) -> None:
        """Draw the outline of an ellipse."""
        (x0, y0), (x1, y1) = self.at(x - width / 2, y + height / 2), self.at(x + width / 2, y - height / 2)
        self.draw.ellipse((x0, y0, x1, y1), outline=fill, width=round(thick * self.unit))

    def shape(self, points: Sequence[tuple[float, float]], fill: Colour) -> None:
        """Draw a polygon."""
        self.draw.polygon([self.at(x, y) for x, y in points], fill)


def shade(colour: Colour, factor: float) -> Colour:
    """Return a colour darker (below 1) or lighter (above)."""
    red, green, blue = (
        round(part * factor if factor <= 1 else 255 - (255 - part) / factor) for part in colour
    )
    return red, green, blue


def _candle(pen: Brush) -> None:
    pen.box(-13, 0, 13, 56, pen.colour, 3)
    pen.box(-13, 0, -7, 56, pen.shade(0.86), 3)
    pen.oval(0, 56, 26, 7, pen.shade(1.5))
    pen.box(-0.8, 55, 0.8, 63, (70, 60, 55))
    pen.shape([(-4, 66), (0, 80), (4, 66), (0, 61)], (244, 170, 60))
    pen.oval(0, 65.5, 4, 7, (255, 232, 150))


def _jar(pen: Brush) -> None:
    pen.box(-22, 0, 22, 50, pen.shade(1.25), 8)
    pen.box(-20, 2, 20, 42, pen.colour, 7)
    pen.box(-17, 46, 17, 56, (120, 98, 74), 2)
    pen.box(-15, 12, 15, 31, (250, 246, 236), 2)
    pen.box(-10, 24, 10, 26, pen.shade(0.7))
    pen.box(-7, 18, 7, 19.4, (160, 150, 140))
    pen.box(-18, 8, -15.5, 40, pen.shade(1.9), 1)


def _bottle(pen: Brush) -> None:
    pen.box(-13, 0, 13, 44, pen.colour, 5)
    pen.shape([(-13, 40), (13, 40), (5, 56), (-5, 56)], pen.colour)
    pen.box(-5, 52, 5, 72, pen.shade(0.9), 1.5)
    pen.box(-5.5, 68, 5.5, 77, (60, 56, 54), 1.5)
    pen.box(-13, 12, 13, 32, (250, 246, 236))
    pen.box(-8, 23, 8, 25, pen.shade(0.7))
    pen.box(-10.5, 4, -8.5, 42, pen.shade(1.7), 1)


def _mug(pen: Brush) -> None:
    pen.ring(22, 24, 24, 28, 4.5, pen.shade(0.86))
    pen.box(-22, 0, 22, 46, pen.colour, 6)
    pen.box(-22, 0, -13, 46, pen.shade(0.88), 6)
    pen.oval(0, 46, 44, 9, pen.shade(1.4))
    pen.oval(0, 45.5, 38, 6.5, (84, 58, 44))


def _board(pen: Brush) -> None:
    pen.box(-40, 6, 40, 16, pen.shade(0.8), 4)
    pen.box(-40, 9, 40, 50, pen.colour, 9)
    for height in (18, 27, 36, 44):
        pen.box(-34, height, 30, height + 0.8, pen.shade(0.88), 0.4)
    pen.oval(32, 40, 7, 7, pen.shade(0.6))


def _soap(pen: Brush) -> None:
    pen.box(-32, 0, 32, 30, pen.shade(0.84), 9)
    pen.box(-32, 7, 32, 36, pen.colour, 9)
    pen.box(-20, 15, 20, 28, pen.shade(1.2), 5)
    for x, y, size in ((-26, 46, 9), (-14, 54, 6), (22, 48, 11), (33, 58, 5)):
        pen.ring(x, y, size, size, 0.9, pen.shade(1.8))


def _bag(pen: Brush) -> None:
    pen.ring(0, 52, 28, 40, 3, pen.shade(0.7))
    pen.shape([(-30, 54), (30, 54), (35, 0), (-35, 0)], pen.colour)
    pen.shape([(-30, 54), (-20, 54), (-23, 0), (-35, 0)], pen.shade(0.88))
    pen.oval(4, 26, 20, 20, pen.shade(1.5))
    pen.shape([(-3, 24), (4, 35), (11, 24), (4, 19)], pen.shade(0.75))


def _book(pen: Brush) -> None:
    pen.box(-26, 0, 28, 64, pen.shade(0.72), 2)
    pen.box(-23, 2.5, 27, 61.5, (248, 244, 234))
    pen.box(-28, 3, 24, 66, pen.colour, 2)
    pen.box(-28, 3, -21, 66, pen.shade(0.82), 2)
    pen.box(-13, 44, 16, 48, pen.shade(1.8))
    pen.box(-13, 38, 8, 40.5, pen.shade(1.5))


def _lamp(pen: Brush) -> None:
    pen.oval(0, 2, 34, 6, (70, 66, 64))
    pen.box(-1.6, 2, 1.6, 46, (70, 66, 64))
    pen.oval(0, 44, 46, 8, (255, 240, 190))
    pen.shape([(-26, 44), (26, 44), (15, 76), (-15, 76)], pen.colour)
    pen.shape([(-26, 44), (-16, 44), (-9, 76), (-15, 76)], pen.shade(0.88))


def _bread(pen: Brush) -> None:
    pen.oval(0, 20, 84, 42, pen.shade(0.82))
    pen.oval(0, 24, 82, 40, pen.colour)
    for x in (-24, -8, 8, 24):
        pen.shape([(x - 5, 28), (x + 2, 39), (x + 6, 38), (x - 1, 27)], pen.shade(1.7))


def _plant(pen: Brush) -> None:
    for side, height in ((-1, 66), (1, 74), (-1, 84)):
        leaf = [(0, 30), (side * 26, height - 14), (side * 22, height), (side * 4, height - 22)]
        pen.shape(leaf, (79, 121, 66) if height != 74 else (104, 148, 84))  # noqa: PLR2004 - the one in front
    pen.shape([(-20, 32), (20, 32), (14, 0), (-14, 0)], pen.colour)
    pen.box(-22, 28, 22, 36, pen.shade(0.86), 2)


def _box(pen: Brush) -> None:
    pen.shape([(-36, 6), (8, 0), (8, 44), (-36, 48)], pen.colour)
    pen.shape([(8, 0), (38, 10), (38, 50), (8, 44)], pen.shade(0.8))
    pen.shape([(-36, 48), (8, 44), (38, 50), (-4, 56)], pen.shade(1.35))
    pen.shape([(-18, 46.4), (-9, 45.5), (-9, 2.2), (-18, 3.4)], pen.shade(1.6))


MOTIFS: Final[dict[str, Callable[[Brush], None]]] = {
    "candle": _candle,
    "jar": _jar,
    "bottle": _bottle,
    "mug": _mug,
    "board": _board,
    "soap": _soap,
    "bag": _bag,
    "book": _book,
    "lamp": _lamp,
    "bread": _bread,
    "plant": _plant,
    "box": _box,
}
# What would look strange in just any colour.


@functools.lru_cache(maxsize=64)
def draw(motif: str, colour: str = "#c8553d", *, size: tuple[int, int] = SIZE) -> bytes:
    """Return a PNG of the motif in a colour such as #c8553d, on a light ground in a tone that goes with it."""
    rgb: Colour = (int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16))
    width, height = size[0] * _SCALE, size[1] * _SCALE
    ground = _tone(rgb, lightness=0.93)
    canvas = Image.new("RGB", (width, height), ground)
    floor = ImageDraw.Draw(canvas)
    floor.rectangle((0, round(height * 0.72), width, height), _tone(rgb, lightness=0.88))
    origin = (width / 2, height * 0.82)
    shadow = Image.new("L", (width, height), 0)
    reach = height * 0.32
    ImageDraw.Draw(shadow).ellipse(
        (origin[0] - reach, origin[1] - reach * 0.14, origin[0] + reach, origin[1] + reach * 0.14), 90
    )
    canvas.paste(
        shade(_tone(rgb, lightness=0.5), 0.6), mask=shadow.filter(ImageFilter.GaussianBlur(height / 60))
    )
    MOTIFS[motif](Brush(ImageDraw.Draw(canvas), rgb, height * 0.0082, origin))
    out = io.BytesIO()
    canvas.resize(size, Image.Resampling.LANCZOS).save(out, "PNG", compress_level=1)
    return out.getvalue()


def _tone(colour: Colour, *, lightness: float) -> Colour:
    hue = colorsys.rgb_to_hls(*(part / 255 for part in colour))[0]
    red, green, blue = colorsys.hls_to_rgb(hue, lightness, 0.32)
    return round(red * 255), round(green * 255), round(blue * 255)
