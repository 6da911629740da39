"""What every import does, whatever the module: each line accounted for, in short steps, once."""

import pytest
import sqlalchemy as sa

from tests.wizamart.imports.conftest import NOON, ColourImport, ColourLine, Colours
from wizamart import imports
from wizamart.exceptions import InvalidInput
from wizamart.imports import ImportNotFound, ImportNotReady, ImportNotRunning, steps
from wizamart.queue import Task, TaskStatus

UNCLOSED = (
    "The quotation mark that opens a cell in line 2 is never closed, "
    "so that the file cannot be read from there on."
)
FILE = "name;code\nred;f00\n;0f0\nblue;bad\ngreen;0f0\nodd\n"


def get(session, importer, shop, import_id):
    return imports.get_import(session, importer, import_id, vendor_id=shop.vendor.id)


def test_each_line_is_judged_before_the_good_ones_are_brought_in(
    any_importer, upload, work_off, outcome, start
):
    import_id = upload(any_importer, FILE)
    work_off()
    preview = outcome(any_importer, import_id)
    start(any_importer, import_id)
    work_off()
    done = outcome(any_importer, import_id)

    assert (preview.status, preview.lines, preview.colours) == ("ready", 5, {})
    assert preview.verdicts == ["create", "refused", "refused", "create", "refused"]
    assert preview.reasons == {
        3: "The colour has no name.",
        4: "There is no such code.",
        6: "The line has 1 cells, the heading has 2.",
    }
    assert preview.counts == {"create": 2, "refused": 3}
    assert (done.status, done.counts, done.chunks) == ("done", preview.counts, 0)
    assert done.colours == {"red": "f00", "green": "0f0"}


def test_the_same_file_again_changes_nothing_and_a_changed_line_says_what_was(
    importer, upload, work_off, outcome, start
):
    for content in ("name,code\nred,f00\nblue,00f\n", "name,code\nred,f00\nblue,009\n"):
        import_id = upload(importer, content)
        work_off()
        start(importer, import_id)
        work_off()

    second = outcome(importer, import_id)

    assert second.verdicts == ["unchanged", "update"]
    assert second.reasons == {3: "It was 00f."}
    assert second.colours == {"red": "f00", "blue": "009"}


@pytest.fixture
def small_steps(monkeypatch):
    monkeypatch.setattr(steps, "READ_LINES", 3)
    monkeypatch.setattr(steps, "BATCH_UNITS", 2)


def test_a_long_file_goes_in_steps_each_of_them_short(
    any_importer, upload, work_off, outcome, start, small_steps
):
    import_id = upload(any_importer, "name,code\n" + "".join(f"{n}th,{n}\n" for n in range(20)))
    read = work_off()
    start(any_importer, import_id)
    brought = work_off()

    found = outcome(any_importer, import_id)
    assert set(read + brought) == {"succeeded"}
    assert len(read) > 10
    assert len(brought) > 5
    assert (found.lines, found.progress, found.counts) == (20, (20, 20), {"create": 20})
    assert len(found.colours) == 20


def test_a_step_that_breaks_is_done_again_and_nothing_twice(
    importer, upload, step, work_off, outcome, start, small_steps
):
    import_id = upload(importer, "name,code\n" + "".join(f"{n}th,{n}\n" for n in range(9)))
    work_off()
    importer.interrupted_at = "5th"
    start(importer, import_id)
    outcomes = work_off()

    found = outcome(importer, import_id)
    assert outcomes.count("failed") == 1
    assert (found.status, found.counts, len(found.colours)) == ("done", {"create": 9}, 9)


def test_what_cannot_be_brought_in_leaves_nothing_and_says_why(importer, upload, work_off, outcome, start):
    import_id = upload(importer, "name,code\nred,f00\npuce,unwanted\nblue,00f\n")
    work_off()
    start(importer, import_id)
    work_off()

    found = outcome(importer, import_id)
    assert found.verdicts == ["create", "refused", "create"]
    assert found.reasons == {3: "Nobody wants this colour."}
    assert sorted(found.colours) == ["blue", "red"]


def test_all_or_nothing_is_nothing_whenever_a_line_turns_out_bad(importer, upload, work_off, outcome, start):
    known_before = upload(importer, FILE)
    found_late = upload(importer, "name,code\nred,f00\npuce,unwanted\n")
    work_off()
    for import_id in (known_before, found_late):
        start(importer, import_id, all_or_nothing=True)
    work_off()

    before, late = outcome(importer, known_before), outcome(importer, found_late)
    assert (before.status, late.status, late.colours) == ("nothing_imported", "nothing_imported", {})
    assert before.problem == "Some lines were refused, and you chose to import all or nothing."
    assert (late.problem, late.counts) == ("Nobody wants this colour.", {"create": 2})


def test_a_plan_that_refuses_by_now_makes_all_or_nothing_nothing(
    importer, upload, work_off, outcome, start, within, shop
):
    import_id = upload(importer, "name,code\nred,f00\nblue,00f\n")
    work_off()
    with within(shop) as session:
        line = session.scalars(sa.select(ColourLine).where(ColourLine.number == 3)).one()
        line.values = {**line.values, "code": "bad"}
    start(importer, import_id, all_or_nothing=True)
    work_off()

    found = outcome(importer, import_id)
    assert (found.status, found.colours) == ("nothing_imported", {})
    assert found.problem == "Line 3 is refused by now: There is no such code."


def test_a_file_too_long_for_one_transaction_refuses_alone_what_turns_bad(
    importer, upload, work_off, outcome, start, monkeypatch
):
    monkeypatch.setattr(steps, "ATOMIC_LINES", 1)
    import_id = upload(importer, "name,code\nred,f00\npuce,unwanted\n")
    work_off()
    start(importer, import_id, all_or_nothing=True)
    work_off()

    found = outcome(importer, import_id)
    assert (found.status, found.verdicts, sorted(found.colours)) == ("done", ["create", "refused"], ["red"])


def test_more_lines_than_belong_together_are_refused_unread(grouped, upload, work_off, outcome, monkeypatch):
    monkeypatch.setattr(steps, "MOST_LINES", 2)
    import_id = upload(grouped, "name,code\nred,1\nrose,2\nruby,3\nblue,4\n")
    work_off()

    found = outcome(grouped, import_id)
    assert found.verdicts == ["refused", "refused", "refused", "create"]
    assert found.reasons[2] == "More than 2 lines belong together here."


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("colour,code\nred,f00\n", "These are no colours."),
        ("name,code\n", "The file has headings, but no lines below them."),
        (b"\x89PNG\r\n\x1a\n", "This is no text file."),
        (
            'name,code\nred,"f00\n',
            UNCLOSED,
        ),
    ],
)
@pytest.mark.backends("sqlite")
def test_a_file_that_cannot_be_read_is_refused_whole(importer, upload, work_off, outcome, content, problem):
    import_id = upload(importer, content)
    work_off()

    found = outcome(importer, import_id)
    assert (found.status, found.problem, found.lines) == ("refused", problem, 0)
    assert (found.verdicts, found.chunks) == ([], 0)


@pytest.mark.backends("sqlite")
def test_a_file_that_turns_unreadable_late_leaves_no_lines(importer, upload, work_off, outcome, small_steps):
    import_id = upload(importer, "name,code\n" + "".join(f"{n},{n}\n" for n in range(9)) + '9,"9\n')
    work_off()

    found = outcome(importer, import_id)
    assert (found.status, found.lines, found.verdicts) == ("refused", 0, [])


@pytest.mark.backends("sqlite")
def test_an_empty_file_is_an_error_of_the_form(importer, upload):
    with pytest.raises(InvalidInput):
        upload(importer, b"")


def test_a_cancelled_import_stays_as_it_is_whatever_still_waits(
    importer, upload, step, work_off, outcome, start, within, shop, small_steps
):
    import_id = upload(importer, "name,code\n" + "".join(f"{n}th,{n}\n" for n in range(9)))
    work_off()
    start(importer, import_id)
    step()
    with within(shop) as session:
        imports.cancel(session, importer, get(session, importer, shop, import_id), at=NOON)
    work_off()

    found = outcome(importer, import_id)
    assert (found.status, sorted(found.colours)) == ("cancelled", ["0th", "1th"])
    with within(shop) as session:
        row = get(session, importer, shop, import_id)
        with pytest.raises(ImportNotRunning):
            imports.cancel(session, importer, row, at=NOON)
        with pytest.raises(ImportNotReady):
            imports.start_applying(session, importer, row, is_all_or_nothing=False, locale="en", at=NOON)


def test_work_that_has_stopped_goes_on_from_the_step_it_was_at(
    importer, upload, step, work_off, outcome, within, shop, small_steps
):
    import_id = upload(importer, "name,code\n" + "".join(f"{n}th,{n}\n" for n in range(9)))
    step()
    with within(shop) as session:
        assert not imports.has_stopped(session, get(session, importer, shop, import_id))
        is_waiting = Task.status == TaskStatus.QUEUED
        session.execute(sa.update(Task).where(is_waiting).values(status=TaskStatus.DEAD))
    with within(shop) as session:
        row = get(session, importer, shop, import_id)
        assert imports.has_stopped(session, row)
        imports.resume(session, row, at=NOON)
    work_off()

    assert outcome(importer, import_id).counts == {"create": 9}


@pytest.mark.backends("sqlite")
def test_work_whose_task_was_tidied_away_cannot_go_on_but_be_cancelled(
    importer, upload, within, shop, outcome
):
    import_id = upload(importer, FILE)
    with within(shop) as session:
        session.execute(sa.delete(Task))
    with within(shop) as session:
        row = get(session, importer, shop, import_id)
        assert imports.has_stopped(session, row)
        with pytest.raises(ImportNotRunning):
            imports.resume(session, row, at=NOON)
        imports.cancel(session, importer, row, at=NOON)

    assert outcome(importer, import_id).status == "cancelled"


@pytest.mark.backends("sqlite")
def test_only_a_file_that_is_kept_is_read_again(
    importer, upload, work_off, outcome, within, shop, monkeypatch
):
    import_id = upload(importer, FILE)
    work_off()
    with within(shop) as session, pytest.raises(ImportNotReady):
        imports.read_again(session, importer, get(session, importer, shop, import_id), locale="en")
    monkeypatch.setattr(Colours, "keeps_file", True)
    kept = upload(importer, FILE)
    work_off()
    with within(shop) as session:
        imports.read_again(session, importer, get(session, importer, shop, kept), locale="en")
    work_off()

    again = outcome(importer, kept)
    assert (again.status, again.lines, again.chunks) == ("ready", 5, 1)


@pytest.mark.backends("sqlite")
def test_a_task_of_the_release_before_reads_the_file_from_its_beginning(
    importer, upload, step, work_off, outcome, within, shop, monkeypatch
):
    monkeypatch.setattr(Colours, "keeps_file", True)
    import_id = upload(importer, FILE)
    step()
    with within(shop) as session:
        row = get(session, importer, shop, import_id)
        row.read_bytes = row.read_lines = 0  # it kept the place in the task
        session.execute(sa.delete(Task).where(Task.status == TaskStatus.QUEUED))
        imports.service.go_on(session, importer, row, "read", locale="en", offset=20, lines=2)
    work_off()

    assert (outcome(importer, import_id).status, outcome(importer, import_id).lines) == ("ready", 5)


def test_imports_belong_to_whoever_sent_the_file(importer, upload, within, shop, make_vendor):
    import_id = upload(importer, FILE)
    other = make_vendor(shop.platform)

    with within(shop) as session:
        with pytest.raises(ImportNotFound):
            imports.get_import(session, importer, import_id, vendor_id=other.id)
        with pytest.raises(ImportNotFound):
            imports.get_import(session, importer, import_id, vendor_id=None)


def test_old_imports_are_forgotten_with_their_lines(importer, upload, work_off, within, shop):
    upload(importer, FILE, at=NOON - importer.kept)
    young = upload(importer, FILE)
    work_off()

    with within(shop) as session:
        assert imports.forget_imports(session, importer, at=NOON + importer.kept / 2) == 1
        assert session.scalars(sa.select(ColourImport.id)).all() == [young]
        assert set(session.scalars(sa.select(ColourLine.import_id))) == {young}


@pytest.mark.backends("sqlite")
def test_a_demonstration_does_the_same_work_at_once(importer, upload, outcome, within, shop):
    import_id = upload(importer, FILE)
    with within(shop) as session:
        row = get(session, importer, shop, import_id)
        imports.work_off(session, importer, row, at=NOON)
        imports.start_applying(session, importer, row, is_all_or_nothing=False, locale="en", at=NOON)
        imports.work_off(session, importer, row, at=NOON)

    assert outcome(importer, import_id).colours == {"red": "f00", "green": "0f0"}
