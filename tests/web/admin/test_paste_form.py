"""The form of lines that need a look."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from contactsgroups.domain.member_lines import MemberLine, read_lines, read_one_line, with_day
from contactsgroups.web.admin.paste_form import PasteForm


def sent(form: PasteForm, *used: int, **changes: str) -> "MultiDict[str, str]":
    """What a browser sends if nothing is changed but this."""
    pairs = [("use", str(place)) for place in used]
    for row in form.rows:
        pairs += [("number", str(row.number)), ("text", row.text), ("seen", row.seen)]
        pairs += [("fault", row.fault), ("proposal", row.proposal), ("day", row.until)]
    numbers = ",".join(map(str, form.numbers))
    given = {"rest": form.rest, "numbers": numbers, "until": form.until, **changes}
    return MultiDict([*pairs, *given.items()])


def line(number: int, text: str, proposal: str = "") -> MemberLine:
    return MemberLine(number=number, text=text, fault="it is wrong", proposal=proposal)


def test_a_form_that_is_sent_says_what_was_shown():
    form = PasteForm.of([line(3, "a", "a@x.example"), line(7, "b")], [line(9, "c"), line(12, "d")])
    back = PasteForm.posted(sent(form))
    assert back == form
    assert [(each.number, each.text, each.is_seen) for each in back.lines] == [
        (3, "a", True),
        (7, "b", True),
        (9, "c", False),
        (12, "d", False),
    ]


def test_each_line_keeps_its_last_day():
    day = date(2027, 1, 31)
    dated = [replace(line(number, "x@x.example"), until=day) for number in (3, 9)]
    back = PasteForm.posted(sent(PasteForm.of(dated[:1], [*dated[1:], line(12, "d")])))
    assert [each.until for each in back.lines] == [day, day, None]


@pytest.mark.parametrize("day", ["31.1.27", "soon", "31, Dez. 2026"])
def test_a_day_that_cannot_be_read_is_kept_and_nobody_passes_without_it(day: str):
    """In a row, and in the further lines."""
    wrong = [with_day(each, day) for each in read_lines("a@x.example\nb@x.example")]
    back = PasteForm.posted(sent(PasteForm.of(wrong[:1], wrong[1:])))
    assert back.rows[0].until == day
    assert back.lines
    assert not any(each.address for each in back.lines)
    assert all(each.day and "is no day" in each.fault for each in back.lines if "@" in each.text)


def test_who_empties_the_day_of_a_row_means_no_day_of_its_own():
    wrong = [with_day(each, "soon") for each in read_lines("a@x.example")]
    given = sent(PasteForm.of(wrong, []))
    given.setlist("day", [""])
    (line,) = PasteForm.posted(given).lines
    assert (str(line.address), line.until) == ("a@x.example", None)


def test_a_ticked_proposal_does_not_drop_the_day():
    form = PasteForm.of([replace(line(3, "a", "a@x.example"), day="soon")], [])
    (read,) = PasteForm.posted(sent(form, 0)).lines
    assert (read.address, read.day) == (None, "soon")


def dated_rest() -> PasteForm:
    days = {"a": "2027-01-31", "b": "", "c": "2027-03-31", "d": "soon"}
    read = [with_day(*read_one_line(9, f"{name}@x.example"), days[name]) for name in days]
    return PasteForm.of([], read)


A, B, C, D = (
    "a@x.example, 2027-01-31",
    "b@x.example",
    "c@x.example, 2027-03-31",
    "d@x.example, soon",
)


@pytest.mark.parametrize(
    "edited",
    [[A, B, C, D], [C, D], [A, "new@x.example", B, C, D], [D, C, B, A], [C, "new@x.example"], [C]],
    ids=["as it was", "deleted", "added", "reordered", "exchanged", "one left"],
)
def test_further_lines_have_their_own_days_however_they_are_edited(edited: list[str]):
    form = dated_rest()
    assert form.rest.splitlines() == [A, B, C, D]
    lines = PasteForm.posted(sent(form, rest="\n".join(edited))).lines
    days = {A: date(2027, 1, 31), C: date(2027, 3, 31)}
    assert [each.text for each in lines] == [each.partition(",")[0] for each in edited]
    assert [each.until for each in lines] == [days.get(each) for each in edited]
    assert [each.address is None for each in lines] == [each == D for each in edited]


def test_a_list_in_a_further_line_is_no_day():
    lines = PasteForm.posted(sent(PasteForm(rest="Ada, Eve <a@x.example>, b@x.example"))).lines
    assert [str(each.address) for each in lines][-1] == "b@x.example"
    assert not any(each.day for each in lines)


def test_a_ticked_proposal_takes_the_place_of_its_line():
    form = PasteForm.of([line(3, "a", "a@x.example"), line(7, "b", "b@x.example")], [])
    lines = PasteForm.posted(sent(form, 1)).lines
    assert [each.text for each in lines] == ["a", "b@x.example"]


def test_a_row_without_text_is_left_out_and_a_changed_one_is_new():
    given = sent(PasteForm.of([line(3, "a"), line(4, "b")], []))
    given.setlist("text", ["", "b@x.example"])
    (left,) = PasteForm.posted(given).lines
    assert (left.number, left.text, left.is_seen) == (4, "b@x.example", False)


def test_further_lines_that_were_edited_are_numbered_anew():
    form = PasteForm.of([], [line(9, "c"), line(12, "d")])
    lines = PasteForm.posted(sent(form, rest="a@x.example\nb@x.example\nc@x.example")).lines
    assert [each.number for each in lines] == [1, 2, 3]


@given(
    st.lists(
        st.tuples(st.sampled_from(["number", "text", "use", "rest", "numbers", "seen"]), st.text())
    )
)
def test_any_form_is_read(pairs):
    form = PasteForm.posted(MultiDict(pairs))
    assert all(each.text for each in form.lines)


def test_what_is_left_of_a_long_paste_comes_back_whole():
    lines = read_lines("\n".join(f"broken {number}" for number in range(500)))
    back = PasteForm.posted(sent(PasteForm.of(lines[:100], lines[100:])))
    assert [each.number for each in back.lines] == list(range(1, 501))
