"""Whatever is typed, pressed and clicked while answers come late, in any order or not at all."""

from itertools import chain
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

ORACLE = (Path(__file__).parent / "unseen_oracle.js").read_text(encoding="utf-8")

TEXTS = st.sampled_from(
    ["a", "be", "ann", " smith", "ü", "@", "ann@partner,example", "x@example.net", ",", "; "]
)
KEYS = st.sampled_from(
    ["Enter", "Tab", "Escape", "ArrowDown", "ArrowUp", "ArrowLeft", "Backspace", "Delete"]
)
PAUSES = st.sampled_from([0, 0, 30, 100, 180])
TYPED = st.tuples(st.just("type"), TEXTS)
WAITED = st.tuples(st.just("wait"), PAUSES)
PRESSED = st.tuples(st.just("key"), KEYS)
TAKING = st.tuples(st.just("key"), st.sampled_from(["Enter", "Tab"]))
# Keys matter most soon after letters, with and without an answer in between.
BURSTS = st.one_of(
    st.tuples(TYPED, WAITED, TAKING),
    st.tuples(TYPED, st.just(("wait", 180)), TYPED, WAITED, TAKING),
    st.tuples(TYPED, WAITED, PRESSED, WAITED, TAKING),
    st.tuples(TYPED, WAITED, st.tuples(st.just("click"), st.integers(0, 2))),
    st.tuples(TYPED, st.just(("leave", 0)), WAITED),
    st.tuples(PRESSED),
)


def _take(page: Page, action: str, value: str | int) -> None:
    if action == "type":
        page.evaluate(
            """(text) => {
                document.querySelector('#to').focus();
                for (const letter of text) document.execCommand('insertText', false, letter);
            }""",
            value,
        )
    elif action == "key":
        page.keyboard.press(str(value))
    elif action == "wait":
        page.wait_for_timeout(float(value))
    elif action == "leave":
        page.locator("#subject").focus()
    else:
        _click_row(page, int(value))


def _click_row(page: Page, index: int) -> None:
    """Where a row is now, whatever stands there when the click arrives."""
    place = page.evaluate(
        """(index) => {
            const box = document.querySelectorAll('[role=option]')[index]?.getBoundingClientRect();
            return box && [box.x + box.width / 2, box.y + box.height / 2];
        }""",
        index,
    )
    if place:
        page.mouse.click(*place)


@pytest.fixture
def watched(site, page: Page) -> Page:
    """The compose page, with answers at random and everything that becomes a chip traced."""
    page.add_init_script(ORACLE)
    page.goto(f"{site.url}/compose")
    page.locator("#to[role=combobox]").wait_for()
    return page


@settings(
    max_examples=20,
    # Making an example smaller would take minutes: it runs in real time.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
@given(seed=st.integers(0, 10**6), bursts=st.lists(BURSTS, min_size=3, max_size=8))
def test_nobody_unseen_becomes_a_recipient(watched, seed, bursts):
    watched.reload()
    watched.locator("#to[role=combobox]").wait_for()
    watched.evaluate("(seed) => window.oracle.seed(seed)", seed)
    for action, value in chain.from_iterable(bursts):
        _take(watched, action, value)
    watched.wait_for_timeout(200)
    assert watched.evaluate("window.oracle.faults") == []


def test_the_watch_sees_what_is_taken_rightly_and_what_is_not(watched):
    """Or else it would never have anything to find."""
    watched.evaluate("window.oracle.seed(3)")
    for _ in range(40):
        watched.locator("#to").fill("")
        watched.locator("#to").press_sequentially("ann")
        watched.wait_for_timeout(250)
        watched.keyboard.press("Enter")
        if watched.evaluate("window.oracle.known.size"):
            break
    assert watched.evaluate("window.oracle.known.size") == 1
    assert watched.evaluate("window.oracle.faults") == []
    watched.evaluate(
        "document.querySelector('recipient-field').add([{ address: 'unseen@example.org' }])"
    )
    expect(watched.get_by_role("button", name="unseen@example.org", exact=True)).to_be_visible()
    assert len(watched.evaluate("window.oracle.faults")) == 1
