"""Cut Tabler's style sheet down to the families of classes that the portal's templates may use."""

# ruff: noqa: INP001 - scripts are run, not imported as a package
import re
from collections.abc import Iterator

# Whole class names, as regular expressions. A class that is not here is either in portal.css or not in use.
FAMILIES = (
    r"container(-(sm|md|lg|xl|fluid|narrow|tight))?|row(-(cols-[1-6]|cols-(sm|md|lg|xl)-[1-6]|cards|deck))?",
    r"col(-auto|-\d+|-(sm|md|lg|xl)(-auto|-\d+)?)?|g[xy]?-[0-5]|gap-[0-5]|(row|column)-gap-[0-5]",
    r"[mp][tbsexy]?-([0-5]|auto)|d(-(sm|md|lg))?-(none|block|flex|grid|inline|inline-block|inline-flex)",
    r"flex(-(sm|md|lg))?-(fill|row|column|wrap|nowrap|grow-[01]|shrink-[01])",
    r"(justify-content|align-items|align-self)(-(sm|md|lg))?-(start|center|end|between|stretch|baseline)",
    r"[wh]-(25|50|75|100|auto)|mw-100|order-(first|last)|float-end|position-(relative|absolute|sticky)",
    r"text-(start|center|end|nowrap|wrap|break|truncate|uppercase|reset|decoration-none)",
    r"text-(secondary|muted|body|primary|success|danger|warning|info)|fw-(bold|medium|semibold|normal)",
    r"fs-[1-6]|h[1-6]|small|lead|font-monospace|subheader|page-(pretitle|title|header|body|wrapper)|page",
    r"border(-(0|top|bottom|start|end))?|rounded(-(0|[1-4]|circle|pill))?|shadow(-(none|sm))?",
    r"overflow-(auto|hidden|x-auto)|opacity-(25|50|75)|visually-hidden(-focusable)?|list-(unstyled|inline)",
    r"list-inline-item|btn|btn-(primary|danger|ghost-secondary|ghost-danger|link|sm|lg|icon|group|list)",
    r"btn-(action|outline-secondary|outline-danger|check)|active|disabled|show|is-invalid",
    r"card|card-(header|body|footer|title|subtitle|actions|table|sm|md|link|stamp|header-light|borderless)",
    r"form-(label|control|select|check|check-input|check-label|check-inline|switch|text|hint|fieldset)",
    r"form-(control-(sm|lg)|select-(sm|lg)|label-description|footer)",
    r"invalid-feedback|input-group(-(text|flat|sm))?|input-icon(-addon)?|required|col-form-label",
    r"table|table-(responsive|vcenter|nowrap|hover|sm|striped|borderless|active)|alert|alert-(link|title)",
    r"list-group(-(item|item-action|flush|hoverable))?|datagrid(-(item|title|content))?|markdown",
    r"avatar(-(xs|sm|lg|rounded))?|hr|vr|divide-y|code|user-select-all",
)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_CLASS = re.compile(r"\.((?:\\.|[\w-])+)")
_ALLOWED = re.compile("|".join(f"(?:{family})" for family in FAMILIES))
_FOREIGN = re.compile(
    r"navbar|offcanvas|\[data-bs-theme-|:host|-ms-|rtl|\.theme-|\[data-theme|apexcharts|litepicker|data-vc"
)


def subset(css: str) -> str:
    """Return the style sheet with only allowed classes, bare elements, and the variables that these use."""
    text = re.sub(r"/\*(?!!).*?\*/", "", css, flags=re.DOTALL).replace('@charset "UTF-8";', "")
    licence = re.match(r"\s*(/\*!.*?\*/)", text, re.DOTALL)
    head = licence.group(1) if licence else ""
    kept = _filter(re.sub(r"/\*!.*?\*/", "", text, flags=re.DOTALL))
    while (smaller := _drop_unused_names(kept)) != kept:
        kept = smaller
    return f"{head}\n{kept}\n"


def defines(css: str) -> frozenset[str]:
    """Return the class names that a style sheet has a rule for."""
    selectors = " ".join(prelude for prelude, _ in _walk(_COMMENT.sub("", css)))
    return frozenset(name.replace("\\", "") for name in _CLASS.findall(selectors))


def _walk(css: str) -> Iterator[tuple[str, str]]:
    for prelude, block in _blocks(css):
        if prelude.startswith(("@media", "@supports")):
            yield from _walk(block)
        elif not prelude.startswith("@"):
            yield prelude, block


def _blocks(css: str) -> Iterator[tuple[str, str]]:
    """Yield (what stands before the brace, what stands between the braces) at the outer level."""
    depth = start = opened = 0
    quote = ""
    for position, char in enumerate(css):
        if quote:
            quote = "" if char == quote and css[position - 1] != "\\" else quote
        elif char in "\"'":
            quote = char
        elif char == "{":
            depth += 1
            opened = position if depth == 1 else opened
        elif char == "}":
            depth -= 1
            if depth == 0:
                yield css[start:opened].rsplit(";", 1)[-1].strip(), css[opened + 1 : position]
                start = position + 1


def _filter(css: str) -> str:
    parts = []
    for prelude, block in _blocks(css):
        if prelude.startswith(("@media", "@supports")):
            inner = "" if "print" in prelude else _filter(block)
            parts.append(f"{prelude}{{{inner}}}" if inner else "")
        elif prelude.startswith("@keyframes"):
            parts.append(f"{prelude}{{{block}}}")
        elif not prelude.startswith("@"):
            selectors = ",".join(one for one in _split(prelude) if _is_wanted(one))
            parts.append(f"{selectors}{{{block}}}" if selectors else "")
    return "".join(parts)


def _split(selectors: str) -> list[str]:
    return [one.strip() for one in re.split(r",(?![^(\[]*[)\]])", selectors)]


def _is_wanted(selector: str) -> bool:
    if _FOREIGN.search(selector):
        return False
    plain = re.sub(r":not\([^)]*\)", "", selector)
    return all(_ALLOWED.fullmatch(name.replace("\\", "")) for name in _CLASS.findall(plain))


def _drop_unused_names(css: str) -> str:
    """Remove variables that nothing reads and animations that nothing names."""
    used = set(re.findall(r"var\(\s*(--[\w-]+)", css))
    pattern = re.compile(r"(?<=[{;])(--tblr-[\w-]+):((?:[^;{}\"']|\"[^\"]*\"|'[^']*')*)(;|(?=}))")
    css = pattern.sub(lambda match: match.group(0) if match.group(1) in used else "", css)
    for name in re.findall(r"@keyframes ([\w-]+)", css):
        if not re.search(rf"animation(?:-name)?:[^;}}]*\b{name}\b", css):
            css = re.sub(rf"@keyframes {name}{{(?:[^{{}}]*{{[^{{}}]*}})*}}", "", css)
    return re.sub(r"[^{}]+{}", "", css)
