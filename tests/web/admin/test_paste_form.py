"""The form of lines that need a look."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from contactsgroups.domain.member_lines import MemberLine, read_lines
from contactsgroups.web.admin.paste_form import PasteForm


def sent(form: PasteForm, *used: int, **changes: str) -> "MultiDict[str, str]":
    """What a browser sends if nothing is changed but this."""
    pairs = [("use", str(place)) for place in used]
    for row in form.rows:
        pairs += [("number", str(row.number)), ("text", row.text), ("seen", row.seen)]
        pairs += [("fault", row.fault), ("proposal", row.proposal), ("day", row.until)]
    numbers, days = ",".join(map(str, form.numbers)), ",".join(form.days)
    given = {"rest": form.rest, "numbers": numbers, "days": days, "until": form.until, **changes}
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
