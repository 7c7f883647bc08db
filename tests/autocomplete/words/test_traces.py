"""No token begins with a word of which the name has no trace: a database misses no entry."""

from hypothesis import given, settings
from hypothesis import strategies as st

from contactsgroups.autocomplete.words.joining import SEPARATORS
from contactsgroups.autocomplete.words.tokens import words_of
from contactsgroups.autocomplete.words.traces import WRITTEN_OUT, traces_of

PARTS = (
    "Anna de la van den Cruz MacLeod McLeod Macleod mac leod Yulia Julia Sergei Mohammed Schaefer "
    "Mueller Ernst Eva Ida oe ue ae Oetker aue Maria DeNiro ONeill x 9 Dr Jean-Luc El Tsoi "
    "Abdul Rahman Abdurrahman vd v.d. & bte "
    "Xu Zhenqiang Kim Minsu Zhuge Ma Li McAdam Adebayo Olumide J. R."
).split()
NAMES = st.lists(
    st.sampled_from(PARTS) | st.text(st.characters(codec="ascii", categories=("L", "N"))),
    max_size=5,
).flatmap(
    lambda parts: st.lists(
        st.sampled_from([*SEPARATORS, " ", ":", "_", "/ "]),
        min_size=len(parts),
        max_size=len(parts),
    ).map(lambda between: "".join(a + b for a, b in zip(parts, between, strict=True)))
)


def has_traces(text: str, spelling: str) -> bool:
    traces = traces_of(spelling)
    if traces is None:
        return True
    text = text.lower()
    joined = "".join(letter for letter in text if letter not in SEPARATORS)
    shortened = joined
    for written_out, short in WRITTEN_OUT:
        shortened = shortened.replace(written_out, short)
    return (
        any(trace in text for trace in traces.written)
        or any(trace in joined for trace in traces.joined)
        or any(trace in shortened for trace in traces.shortened)
    )


@settings(deadline=None, max_examples=300)
@given(NAMES)
def test_every_beginning_of_every_token_leaves_traces(name: str) -> None:
    for token in words_of(name):
        for length in range(1, len(token) + 1):
            assert has_traces(name, token[:length]), (token, token[:length])


def test_a_word_that_is_not_there_leaves_none() -> None:
    assert not has_traces("Anna Weber", "webes")
    assert not has_traces("Anna Weber", "~asmith")
    assert not has_traces("Ian MacLeod", "macdonald")
