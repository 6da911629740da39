"""The component library shows every macro, and what it shows is what was rendered."""

import re
from functools import cache

import pytest
from jinja2 import Environment, nodes

from modules.dev_tools.services import component_service

parser = Environment(autoescape=True)
PIECES = {"frame", "below", "shared", "text_limit", "swap", "notes", "common", "limits"}
COMPONENTS = component_service.list_components()


@cache
def calls_by_macro():
    """Return for each macro of the library what it calls, to follow what an example reaches."""
    found = {}
    for path in component_service.COMPONENTS.glob("*.html"):
        for macro in parser.parse(path.read_text()).find_all(nodes.Macro):
            found[macro.name] = called_in(macro) | found.get(macro.name, set())
    return found


def called_in(tree):
    """Return the names that are called, and the attributes: `inputs.text_field`."""
    calls = [call.node for call in tree.find_all(nodes.Call)]
    return {node.name for node in calls if isinstance(node, nodes.Name)} | {
        node.attr for node in calls if isinstance(node, nodes.Getattr)
    }


def test_every_macro_is_reached_by_an_example():
    reached = set()
    waiting = set()
    for component in COMPONENTS:
        for example in component.examples:
            waiting |= called_in(parser.parse(example.source))
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting |= calls_by_macro().get(name, set())

    assert not set(calls_by_macro()) - reached


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda component: component.name)
def test_every_macro_for_pages_has_an_example_of_its_own(component):
    if component.name in {"form_controls", "config_form"}:
        assert not component.examples or component.name == "config_form"
        return
    wanted = {macro.name for macro in component.macros if not macro.is_private} - PIECES

    assert wanted - {"select_cell"} <= {example.name for example in component.examples}


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda component: component.name)
def test_library_reads_names_and_sources_as_jinja_does(component):
    path = component_service.COMPONENTS / f"{component.name}.html"
    declared = [macro.name for macro in parser.parse(path.read_text()).find_all(nodes.Macro)]

    assert [macro.name for macro in component.macros] == declared
    assert component.comment
    for macro in component.macros:
        assert macro.source.startswith("{%")
        assert macro.source.count("endmacro") == 1


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda component: component.name)
@pytest.mark.backends("sqlite")
def test_page_of_every_component_is_rendered_with_its_sources(developer, component):
    page = developer.get(f"/admin/components/{component.name}").text

    for example in component.examples:
        assert f'id="example-{example.name}"' in page
    assert page.count('class="dev-example"') == len(component.examples)


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda component: component.name)
@pytest.mark.backends("sqlite")
def test_ids_of_a_page_are_unique(developer, component):
    page = developer.get(f"/admin/components/{component.name}").text
    ids = re.findall(r'<[^>]*\sid="([^"]+)"', page)

    assert sorted(ids) == sorted(set(ids))


@pytest.mark.backends("sqlite")
def test_source_is_shown_as_text_and_not_run(developer):
    page = developer.get("/admin/components/buttons").text

    assert "{{ button(&#34;Save&#34;) }}" in page
    assert '<button type="submit" class="btn btn-primary"' in page


@pytest.mark.backends("sqlite")
def test_theme_of_the_examples_can_be_switched_and_nonsense_is_passed_over(developer):
    assert (
        'class="dev-example" data-bs-theme="dark"' in developer.get("/admin/components/cards?theme=dark").text
    )
    assert "dev-example" in developer.get("/admin/components/cards?theme=pink").text
    assert "pink" not in developer.get("/admin/components/cards?theme=pink").text.split("<main")[1]


@pytest.mark.parametrize("name", ["nothing", "..%2Flayouts%2Fbase", "icon.html"])
@pytest.mark.backends("sqlite")
def test_component_that_does_not_exist_is_not_found(developer, name):
    assert developer.get(f"/admin/components/{name}").status_code == 404
