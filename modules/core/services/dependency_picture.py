"""The picture of what requires what: columns from left to right, drawn as SVG without any script. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

from wizamart.i18n import gettext as _
from wizamart.module_system.registry import Registry

BOX_WIDTH, BOX_HEIGHT = 132, 34
GAP_X, GAP_Y = 68, 14
MARGIN = 8


@dataclass(frozen=True, slots=True)
class Node:
    """A module's box."""

    code: str
    name: str
    x: int
    y: int
    state: str


def layers(registry: Registry) -> dict[str, int]:
    """Return the column of each module: one right of the rightmost that it requires."""
    columns: dict[str, int] = {}
    for code, module in registry.items():  # requirements come first
        columns[code] = max((columns[required] + 1 for required in module.requires), default=0)
    return columns


def place(registry: Registry, states: Mapping[str, str]) -> list[Node]:
    """Put the modules that are connected with others into columns; the rest needs no picture."""
    connected = {code for code, module in registry.items() if module.requires or registry.dependents[code]}
    columns = layers(registry)
    filled: dict[int, int] = {}
    nodes = []
    for code in registry:
        if code not in connected:
            continue
        column = columns[code]
        row = filled.get(column, 0)
        filled[column] = row + 1
        x, y = MARGIN + column * (BOX_WIDTH + GAP_X), MARGIN + row * (BOX_HEIGHT + GAP_Y)
        nodes.append(Node(code, str(registry[code].name), x, y, states.get(code, "off")))
    return nodes


def draw(registry: Registry, effective: Iterable[str], changes: Mapping[str, str] | None = None) -> Markup:
    """Draw the picture; `changes` are modules that are about to be switched, `{code: "enable" | "disable"}`.

    A text for those who do not see it names every connection.
    """
    on = set(effective)
    states = {code: "on" if code in on else "off" for code in registry}
    nodes = place(registry, states)
    places = {node.code: node for node in nodes}
    changes = changes or {}
    lines, sentences = [], []
    for node in nodes:
        for required in registry[node.code].requires:
            lines.append(_line(places[required], node, is_lit={required, node.code} <= set(changes)))
            sentences.append(
                _("%(module)s requires %(required)s", module=node.name, required=places[required].name)
            )
    boxes = [_box(node, changes.get(node.code, "")) for node in nodes]
    width = max((node.x for node in nodes), default=0) + BOX_WIDTH + MARGIN
    height = max((node.y for node in nodes), default=0) + BOX_HEIGHT + MARGIN
    label = ". ".join(sentences) or _("No module requires another one.")
    return Markup(  # noqa: S704 - every text in it was escaped above
        f'<svg class="wz-graph" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{escape(label)}">{"".join(lines)}{"".join(boxes)}</svg>'
    )


def _line(start: Node, end: Node, *, is_lit: bool) -> str:
    """Draw a curve from the right edge of what is required to the left edge of what requires it."""
    x1, y1 = start.x + BOX_WIDTH, start.y + BOX_HEIGHT // 2
    x2, y2 = end.x, end.y + BOX_HEIGHT // 2
    middle = (x1 + x2) // 2
    lit = " wz-graph-lit" if is_lit else ""
    return f'<path class="wz-graph-line{lit}" d="M{x1} {y1} C{middle} {y1} {middle} {y2} {x2} {y2}"/>'


def _box(node: Node, change: str) -> str:
    lit = f" wz-graph-{change}" if change else ""
    mark = {"enable": "+ ", "disable": "− "}.get(change, "● " if node.state == "on" else "○ ")
    return (
        f'<g class="wz-graph-{node.state}{lit}" data-module="{escape(node.code)}">'
        f'<rect x="{node.x}" y="{node.y}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="7"/>'
        f'<text x="{node.x + BOX_WIDTH // 2}" y="{node.y + 22}" text-anchor="middle">'
        f"{mark}{escape(node.name)}</text></g>"
    )
