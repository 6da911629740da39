"""What differs between two versions."""

from modules.cms.services.differences import differences


def content(body="", **place):
    texts = {"en": {"title": "T", "body": body, "seo_title": "", "seo_description": ""}}
    return {"slug": "a", "placement": "none", "position": 1, "picture_id": None, "texts": texts, **place}


def test_what_is_the_same_is_no_difference():
    assert differences(content("one"), content("one")) == []


def test_a_changed_line_stands_beside_the_old_one_with_its_words_marked():
    (difference,) = differences(content("one\ntwo old cats\nthree"), content("one\ntwo new cats\nthree"))

    assert (difference.field, difference.locale) == ("body", "en")
    removed, added = difference.pairs[1]
    assert removed.parts == (("two ", False), ("old", True), (" cats", False))
    assert added.parts == (("two ", False), ("new", True), (" cats", False))
    assert [line.kind for line in difference.lines] == ["same", "removed", "added", "same"]


def test_lines_that_have_little_in_common_are_not_marked_word_by_word():
    (difference,) = differences(content("Honey from the hills."), content("A bicycle, in blue"))

    removed, added = difference.pairs[0]
    assert removed.parts == (("Honey from the hills.", False),)
    assert added.parts == (("A bicycle, in blue", False),)


def test_what_was_taken_away_or_added_stands_alone():
    (difference,) = differences(content("one\ntwo"), content("zero\none"))

    assert [(a.text if a else None, b.text if b else None) for a, b in difference.pairs] == [
        (None, "zero"),
        ("one", "one"),
        ("two", None),
    ]
    assert [line.kind for line in difference.lines] == ["added", "same", "removed"]


def test_long_sameness_is_left_out():
    lines = [f"line {number}" for number in range(30)]
    (difference,) = differences(content("\n".join(lines)), content("\n".join(["new", *lines[1:-1], "end"])))

    assert [line.kind for line in difference.lines].count("gap") == 1
    assert len(difference.lines) == 9


def test_places_languages_and_a_very_long_line_are_compared_too():
    after = content("x " * 3000, slug="b", picture_id=7)
    after["texts"]["fr"] = {"title": "Titre", "body": ""}

    found = differences(content("y " * 3000), after)

    assert [(one.field, one.locale) for one in found] == [
        ("slug", ""),
        ("picture_id", ""),
        ("body", "en"),
        ("title", "fr"),
    ]
    assert differences({}, content("one"))[0].lines[0].kind == "added"


def test_a_text_of_very_many_like_lines_is_compared_in_bounded_steps():
    before, after = "a\n" * 20_000, "b\n" + "a\n" * 19_990

    (difference,) = differences(content(before), content(after))

    kinds = {line.kind for line in difference.lines}
    assert {"removed", "added"} <= kinds
    assert next(line.text for line in difference.lines if line.kind == "added") == "b"


def test_a_placement_is_called_as_its_form_calls_it(app):
    with app.test_request_context():
        (difference,) = differences(content(placement="none"), content(placement="header"))

    assert [line.text for line in difference.lines] == ["Not shown", "At the top"]
