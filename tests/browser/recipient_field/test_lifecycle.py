"""The element as a page's own: taken out and put back, asked and told by properties and events."""

import threading

import pytest
from playwright.sync_api import expect

from tests.browser.recipient_field.conftest import (
    COMPOSE,
    HEAD,
    field_of,
    highlighted,
    type_at_once,
)
from tests.browser.recipient_field.test_suggestions import paste

FIELD = "document.querySelector('recipient-field')"


def test_nothing_of_it_hides_what_every_element_has(compose):
    """field.remove() once threw; what a browser calls on custom elements is meant to be there."""
    hidden = compose.evaluate(
        f"""() => {{
            const field = {FIELD};
            const own = [...Object.keys(field), ...Object.getOwnPropertyNames(
                Object.getPrototypeOf(field))];
            return own.filter((name) => name in HTMLElement.prototype && name !== 'constructor');
        }}"""
    )
    assert hidden == []


def test_it_shows_nothing_but_its_documented_members(compose):
    own = compose.evaluate(
        f"""() => {{
            const field = {FIELD};
            return [...Object.keys(field), ...Object.getOwnPropertyNames(
                Object.getPrototypeOf(field))];
        }}"""
    )
    callbacks = {name for name in own if name.endswith("Callback")}
    assert set(own) - callbacks == {
        "constructor",
        "add",
        "form",
        "input",
        "name",
        "recipients",
        "redo",
        "undo",
        "value",
    }


def test_it_is_removed_like_any_element(compose):
    compose.evaluate(f"{FIELD}.remove()")
    assert compose.locator("recipient-field").count() == 2
    assert compose.evaluate("'to' in document.forms[0].elements") is False


def test_it_works_on_after_it_was_put_elsewhere(compose, chips, site):
    paste(compose, "one@example.net")
    compose.evaluate(f"document.forms[0].append({FIELD})")
    expect(compose.get_by_role("listbox")).to_have_count(0)
    assert chips("to") == ["one@example.net"]
    type_at_once(compose, "ada")
    expect(highlighted(compose)).to_have_count(1)
    compose.keyboard.press("Enter")
    assert chips("to") == ["one@example.net", "Ada Example"]
    compose.get_by_role("button", name="Send", exact=True).click()
    expect(compose.get_by_role("heading", name="Sent")).to_be_visible()
    assert site.posted[0]["to"] == ['one@example.net, "Ada Example" <ada@example.org>']


def test_the_question_before_sending_comes_once_after_it_was_put_elsewhere(compose, site):
    paste(compose, "sales@example.org")
    expect(compose.get_by_role("button", name="Sales Team group")).to_be_visible()
    compose.evaluate(f"for (let i = 0; i < 3; i += 1) document.forms[0].prepend({FIELD})")
    compose.get_by_role("button", name="Send", exact=True).click()
    compose.get_by_role("button", name="Send anyway").click()
    expect(compose.get_by_role("heading", name="Sent")).to_be_visible()
    assert len(site.posted) == 1


def test_a_field_that_was_removed_asks_nothing_more(compose, site):
    """Neither the directory nor, before sending, the person."""
    paste(compose, "sales@example.org")
    expect(compose.get_by_role("button", name="Sales Team group")).to_be_visible()
    compose.evaluate(f"{FIELD}.remove()")
    compose.get_by_role("button", name="Send", exact=True).click()
    expect(compose.get_by_role("heading", name="Sent")).to_be_visible()


def test_removing_it_ends_its_requests_and_its_words(site, compose):
    release, arrived = threading.Event(), threading.Event()

    def slow(query: str) -> None:
        arrived.set()
        release.wait(10)

    site.before_answer = slow
    with compose.expect_event("requestfailed", lambda request: "q=ada" in request.url):
        type_at_once(compose, "ada")
        assert arrived.wait(10)
        compose.evaluate(f"{{ window.field = {FIELD}; window.field.remove(); }}")
    release.set()
    compose.evaluate("fetch('/api/v1/completions?q=zzz')")
    assert compose.evaluate("window.field.querySelector('[role=status]').textContent") == ""
    assert compose.evaluate("window.field.querySelector('[role=listbox]').hidden") is True


def test_a_removed_field_is_freed(compose):
    """No listener on the page, no timer and no request holds it."""
    type_at_once(compose, "ada")
    expect(compose.get_by_role("option")).to_have_count(1)
    compose.evaluate(
        f"""() => {{
            window.gone = new WeakRef({FIELD});
            document.querySelector('#subject').focus();
            {FIELD}.remove();
        }}"""
    )
    client = compose.context.new_cdp_session(compose)
    for _ in range(10):
        client.send("HeapProfiler.collectGarbage")
        if compose.evaluate("window.gone.deref() === undefined"):
            return
        compose.wait_for_timeout(200)
    pytest.fail("something still holds the field")


def test_it_is_made_by_a_script(compose, chips):
    compose.evaluate(
        """() => {
            const field = document.createElement('recipient-field');
            const input = document.createElement('input');
            Object.assign(input, { id: 'reply', name: 'reply', value: 'ada@example.org' });
            field.append(input);
            document.forms[0].append(field);
        }"""
    )
    expect(compose.get_by_role("button", name="Ada Example", exact=True)).to_be_visible()
    assert chips("reply") == ["Ada Example"]


def test_recipients_are_read_added_and_replaced(compose, chips):
    added = compose.evaluate(
        f"""() => {{
            const field = {FIELD};
            field.add([{{ name: 'Ada', address: 'ada@example.org', kind: 'account' }}]);
            field.recipients.push('nonsense');
            return field.recipients.map(({{ address }}) => address);
        }}"""
    )
    assert added == ["ada@example.org"]
    compose.evaluate(f"{FIELD}.recipients = [{{ address: 'new@example.net' }}]")
    assert chips("to") == ["new@example.net"]


def test_a_failing_directory_is_told_to_the_page_which_may_speak_for_itself(
    site, compose, expected_errors
):
    expected_errors.append("status of 401")
    compose.evaluate(
        """() => {
            window.failures = [];
            document.addEventListener('directoryerror', (event) => {
                window.failures.push(event.detail.status);
                event.preventDefault();
            });
        }"""
    )
    site.status = 401
    type_at_once(compose, "ada")
    failures = compose.evaluate_handle(
        """new Promise((resolve) => {
            const look = () => {
                if (window.failures.length) resolve(window.failures);
                else setTimeout(look, 20);
            };
            look();
        })"""
    )
    assert failures.json_value() == [401]
    expect(compose.get_by_text("Session expired")).to_have_count(0)


@pytest.mark.parametrize("body", [COMPOSE.replace("<form ", "<div ").replace("</form>", "</div>")])
def test_without_a_form_the_fields_of_the_page_belong_together(compose, chips):
    paste(compose, "ada@example.org", "to")
    paste(compose, "ada@example.org, bob@example.org", "cc")
    assert len(chips("cc")) == 1


@pytest.mark.parametrize(
    "body",
    [
        """<body><main><webmail-compose></webmail-compose></main>
    <script type="module" src="/shadow.js"></script></body>"""
    ],
)
def test_it_works_in_a_shadow_tree_whose_page_styles_its_parts(site, page):
    site.pages["/shadow.js"] = """
        const host = document.querySelector('webmail-compose');
        const root = host.attachShadow({ mode: 'open' });
        const field = document.createElement('recipient-field');
        const input = document.createElement('input');
        Object.assign(input, { id: 'to', name: 'to', value: 'one@example.net' });
        field.append(input);
        root.append(field);"""
    site.pages["/compose"] = HEAD.format(language="en") + site.pages["/compose"].split("</head>")[1]
    page.goto(f"{site.url}/compose")
    chip = page.locator(".recipient-edit")
    expect(chip).to_have_attribute("part", "edit")
    page.locator("#to").focus()
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    expect(chip).to_have_count(0)
    expect(page.locator("#to")).to_be_focused()
    page.keyboard.type("ada")
    expect(highlighted(page)).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator(".recipient-edit .recipient-name")).to_have_text("Ada Example")


@pytest.mark.parametrize("wrapped", ["", "<div></div>"])
def test_its_input_may_come_later(compose, chips, wrapped):
    """As with a parser that is still reading, or a framework that fills what it has put in."""
    compose.evaluate(
        """async (wrapped) => {
            const field = document.createElement('recipient-field');
            document.forms[0].append(field);
            const label = document.createElement('label');
            field.append(label);
            await Promise.resolve();
            const input = document.createElement('input');
            Object.assign(input, { id: 'reply', name: 'reply', value: 'ada@example.org' });
            const home = wrapped ? document.createElement('div') : field;
            if (wrapped) field.append(home);
            home.append(input);
        }""",
        wrapped,
    )
    compose.locator("#reply[role=combobox]").wait_for()
    expect(field_of(compose, "reply").locator(".recipient-name")).to_have_text("Ada Example")


def test_a_field_without_an_input_does_no_harm(compose):
    compose.evaluate("document.forms[0].append(document.createElement('recipient-field'))")
    value = compose.evaluate(
        """() => {
            document.forms[0].reset();
            const field = document.querySelector('form > recipient-field:last-child');
            const { value } = field;
            field.remove();
            return value;
        }"""
    )
    assert value == ""


def test_a_copy_is_a_field_of_its_own(compose, chips):
    """Pages that keep copies of themselves bring back the parts that the field made."""
    paste(compose, "one@example.net")
    compose.evaluate(
        f"""() => {{
            const copy = {FIELD}.cloneNode(true);
            copy.querySelector('input').id = 'copy';
            document.forms[0].append(copy);
        }}"""
    )
    compose.locator("#copy").press_sequentially("two@example.net,")
    assert chips("copy") == ["two@example.net"]
    assert chips("to") == ["one@example.net"]
    copy = compose.locator("recipient-field").last
    for part in ["box", "list", "notice", "empty"]:
        expect(copy.locator(f".recipient-{part}")).to_have_count(1)


def test_a_hidden_field_is_hidden(compose):
    compose.evaluate(f"{FIELD}.hidden = true")
    expect(compose.locator("#to")).to_be_hidden()


@pytest.mark.parametrize(
    "body",
    [
        COMPOSE.replace('<label for="to">To</label>', "").replace(
            '<input id="to"', '<input id="to" type="email" multiple aria-label=" To "'
        )
    ],
)
def test_an_input_of_any_kind_and_label_will_do(compose, chips):
    """The keys of chips need to know where the caret is, which browsers tell of plain text only."""
    paste(compose, "one@example.net")
    type_at_once(compose, "ad")
    expect(compose.get_by_role("listbox", name="To", exact=True)).to_be_visible()
    for _ in range(2):
        compose.keyboard.press("Backspace")
    assert chips("to") == ["one@example.net"]


def test_a_field_that_is_put_elsewhere_while_it_asks_asks_again(site, compose):
    """Otherwise a typed group would never warn."""
    release, arrived = threading.Event(), threading.Event()

    def slow(query: str) -> None:
        arrived.set()
        release.wait(10)

    site.before_answer = slow
    paste(compose, "salary@example.org")
    assert arrived.wait(10)
    compose.evaluate(f"document.forms[0].append({FIELD})")
    release.set()
    expect(compose.get_by_role("button", name="Salary Office group")).to_be_visible()


def test_no_value_is_an_empty_one(compose, chips):
    paste(compose, "one@example.net")
    compose.evaluate(f"{FIELD}.value = null")
    assert chips("to") == []
