"""Look at every kind of page, light and dark, on a desk and on a phone, and note what is wrong with it."""

from typing import Any, Final

from axe_playwright_python.sync_playwright import Axe

from tests.demo_site import DemoSite, Visit
from wizamart.testing.browsers import RULES
from wizamart.testing.servers import Server

WIDTHS: Final = (1440, 390, 360)
HEIGHT: Final = 3000  # so that nothing lies half under the bar that sticks to the bottom
WIDTHS_OF_AXE: Final = (1440, 390)
TOO_WIDE: Final = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Between light and dark only colours differ.
RUN: Final = """async ([tags, scheme]) => {
  const only = scheme === "light" ? {type: "tag", values: tags} : {type: "rule", values: ["color-contrast"]};
  const found = await axe.run(document, {runOnly: only, resultTypes: ["violations"]});
  const told = (rule, node) => `${rule.id}: ${node.target}: ${node.html.slice(0, 160)}`;
  return found.violations.flatMap((rule) => rule.nodes.map((node) => told(rule, node)));
}"""
SLIPS: Final = {"orders_admin.packing_slip", "orders_vendor.packing_slip"}  # made for paper


def pages_to_see(site: DemoSite, role: str) -> list[Visit]:
    """Return one page of each endpoint; what everybody sees is looked at once."""
    chosen: dict[str, Visit] = {}
    for visit in site.visits():
        if visit.is_page and visit.endpoint not in SLIPS:
            chosen.setdefault(visit.endpoint, visit)
    return [visit for visit in chosen.values() if visit.role == role]


def audit(browser: Any, server: Server, site: DemoSite, role: str, visits: list[Visit]) -> list[str]:
    """Return a line per fault of these pages."""
    context = browser.new_context(base_url=server.url, reduced_motion="reduce")
    context.set_default_timeout(60_000)
    if role != "anonymous":
        context.add_cookies([{"name": "wizamart", "value": site.token(role), "url": server.url}])
    page = context.new_page()
    heard: list[str] = []
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("console", lambda said: heard.append(said.text) if said.type == "error" else None)
    axe, faults = Axe().axe_script, []
    for visit in visits:
        page.goto(visit.path)
        page.evaluate(axe)
        found = []
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            if (excess := page.evaluate(TOO_WIDE)) > 0:
                found.append(f"{excess} px too wide at {width}")
            for scheme in ("light", "dark") if width in WIDTHS_OF_AXE else ():
                page.emulate_media(color_scheme=scheme)
                found += [f"{scheme} {width}: {fault}" for fault in page.evaluate(RUN, [RULES, scheme])]
        faults += [f"{visit}: {fault}" for fault in [*found, *heard]]
        heard.clear()
    context.close()
    return faults
