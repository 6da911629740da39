"""Pictures for the demonstration's products, drawn from a list of shapes; nothing was photographed or copied."""

import io
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFilter

FILE: Final = Path(__file__).with_suffix(".txt")
SIZE: Final = 640
FINE: Final = 2
GROUNDS: Final = ("#f1ece4", "#e6ecea", "#efe6df", "#e9e7f0", "#f0eddf", "#e3eaf0")
SHADOW: Final = (14, 80, 86, 94)


# What is painted in the colour of a variant, and which colour that is.
PAINTED: Final[dict[str, tuple[str, dict[str, str]]]] = {
    "enamel-kettle": ("#e8e6df", {"Forest green": "#3f6b4f", "Red Lion": "#b3382f"}),
    "wool-blanket": ("#a8433a", {"Grey": "#8d9196"}),
    "rucksack-28": ("#5f7350", {"Navy": "#2f4468"}),
    "bottle-steel": ("#5b7f86", {"Steel": "#aeb6ba"}),
    "desk-lamp": ("#e0a33c", {"Black": "#33373b"}),
    "hammock": ("#c9766a", {"Ocean": "#3f7f93"}),
}


@cache
def draw(handle: str, paint: str = "") -> bytes | None:
    """Return a product's picture as PNG, or that of its variant in a colour; None for one that nobody has drawn."""
    shapes = _shapes().get(handle)
    main, paints = PAINTED.get(handle, ("", {}))
    if shapes is None or (paint and paint not in paints):
        return None
    if paint:
        shapes = [(kind, numbers, paints[paint] if hue == main else hue) for kind, numbers, hue in shapes]
    number = sorted(_shapes()).index(handle)
    image = _ground(GROUNDS[number % len(GROUNDS)])
    pen = ImageDraw.Draw(image)
    for kind, numbers, colour in shapes:
        _stroke(pen, kind, numbers, colour)
    out = io.BytesIO()
    image.resize((SIZE, SIZE), Image.Resampling.LANCZOS).save(out, "PNG")
    return out.getvalue()


@cache
def _shapes() -> dict[str, list[tuple[str, list[float], str]]]:
    return dict(_read())


def _read() -> Iterator[tuple[str, list[tuple[str, list[float], str]]]]:
    for line in FILE.read_text("utf-8").splitlines():
        handle, found, text = line.partition(": ")
        if not found or line.startswith("#"):
            continue
        parts = [shape.split() for shape in text.split("|")]
        yield handle, [(part[0], [float(word) for word in part[1:-1]], f"#{part[-1]}") for part in parts]


def _ground(colour: str) -> Image.Image:
    """Return a wall with a soft shadow where the thing stands."""
    edge = SIZE * FINE
    image = Image.new("RGB", (edge, edge), colour)
    shade = Image.new("L", (SIZE // 4, SIZE // 4), 0)
    ImageDraw.Draw(shade).ellipse([value * SIZE / 400 for value in SHADOW], fill=70)
    shade = shade.filter(ImageFilter.GaussianBlur(5)).resize((edge, edge))
    image.paste(Image.new("RGB", (edge, edge), "#7d7468"), mask=shade)
    return image


def _stroke(pen: ImageDraw.ImageDraw, kind: str, numbers: list[float], colour: str) -> None:
    unit = SIZE * FINE / 100
    scaled = [number * unit for number in numbers]
    if kind == "e":
        pen.ellipse(scaled, fill=colour)
    elif kind == "r":
        pen.rounded_rectangle(scaled[:4], radius=scaled[4], fill=colour)
    elif kind == "p":
        pen.polygon(scaled, fill=colour)
    elif kind == "l":
        pen.line(scaled[1:], fill=colour, width=round(scaled[0]), joint="curve")
    elif kind == "a":
        pen.arc(scaled[1:5], numbers[5], numbers[6], fill=colour, width=round(scaled[0]))
