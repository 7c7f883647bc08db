"""What is measured of the administration, and how fast it is to be."""

from collections.abc import Callable, Iterator

from flask import Flask

from contactsgroups.bootstrap import Core
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import groups
from contactsgroups.services.accounts import department_tree
from contactsgroups.services.groups import bulk, deleted_groups, members
from contactsgroups.services.groups.member_changes import change_members
from contactsgroups.web.app import create_app
from tests.bench.admin.company import LARGE, SWITCHED, Company
from tests.bench.admin.measuring import Case
from tests.bench.admin.people import DOMAIN, department_of
from tests.directories import CONFIRMED, group_draft
from tests.web.forms import Visitor, read_forms

PAGE, LARGE_PAGE = 0.025, 0.05
TOGETHER = 1.0
"""Seconds of lock for what must commit together: a department, a rule, a large group."""


def cases(core: Core, company: Company) -> Iterator[Case]:
    """Yield all cases; each leaves the site as it was."""
    browser = Browser(create_app(core), company)
    yield from _pages(browser, company)
    yield from _single_changes(browser, core, company)
    yield from _pastes(browser, core, company)
    yield from _whole_groups(core, company)
    yield from _deletions(core, company)
    yield from _departments(core)


class Browser:
    """An administrator's browser, which fills in no form that is not asked about."""

    def __init__(self, app: Flask, company: Company) -> None:
        """Sign in."""
        self._visitor = Visitor(app.test_client()).take_session(company.addresses[0])
        forms = read_forms(self._visitor.get("/admin/groups/new").text)
        self._token = next(each for each in forms if "csrf_token" in each.values)

    def get(self, url: str) -> None:
        """Open a page."""
        answer = self._visitor.get(url)
        assert answer.status_code == 200, (url, answer.status)

    def post(self, url: str, **values: object) -> None:
        """Send a form, which is to be taken."""
        token = {"csrf_token": self._token.values["csrf_token"]}
        answer = self._visitor.client.post(url, data={**token, **values})
        assert answer.status_code == 303, (url, answer.status, answer.text[:3000])


def _pages(browser: Browser, company: Company) -> Iterator[Case]:
    large = f"/admin/groups/{company.uuids[LARGE[0]]}"
    addresses = company.addresses

    def page(name: str, url: str, goal: float = PAGE) -> Case:
        return Case(name=name, run=lambda _: browser.get(url), goal=goal)

    yield page("list of groups", "/admin/groups")
    yield page("list by recipients", "/admin/groups?sort=-recipients")
    yield page("list with filters", "/admin/groups?kind=static&moderated=no&shown=yes")
    yield page("search, a rare word", "/admin/groups?q=group77")
    yield page("search, a name of members", "/admin/groups?q=hughes")
    yield page("search, two words", "/admin/groups?q=sales+berlin")
    yield page("search, two names of members", "/admin/groups?q=emma+hughes")
    yield page("search, three common letters", "/admin/groups?q=and")
    yield page("search, three letters, two words", "/admin/groups?q=ann+mar")
    yield page("list of accounts", "/admin/accounts")
    yield page("accounts, search", "/admin/accounts?q=emma+hug")
    yield page(f"group with {company.large:,} members", f"{large}/members", LARGE_PAGE)
    yield page("settings of that group", large, LARGE_PAGE)
    yield Case(
        name="page of an account",
        run=lambda n: browser.get(f"/admin/addresses?address={addresses[97 * n % len(addresses)]}"),
        goal=PAGE,
    )


def _single_changes(browser: Browser, core: Core, company: Company) -> Iterator[Case]:
    uuid = company.uuids[LARGE[0]]
    url = f"/admin/groups/{uuid}/members"
    someone = company.addresses[1]  # In the other large group only.

    def put(_: int = 0) -> None:
        members.add_members(core.database, OPERATOR, uuid, [someone])

    def take(_: int = 0) -> None:
        members.remove_member(core.database, OPERATOR, uuid, someone)

    yield Case(
        name=f"add a member of {company.large:,}",
        run=lambda _: browser.post(url, members=someone),
        goal=PAGE,
        restore=take,
    )
    put()
    yield Case(
        name=f"remove a member of {company.large:,}",
        run=take,
        goal=PAGE,
        restore=put,
    )
    take()


def _pastes(browser: Browser, core: Core, company: Company) -> Iterator[Case]:
    outside = company.addresses[1::5]  # In the other large group only.

    def paste(group: str, texts: list[str], goal: float, rounds: int) -> Case:
        uuid = company.uuids[group]
        name = f"paste {len(texts):,} into {group}"
        text = "\n".join(texts)

        def restore(_: int) -> None:
            for start in range(0, len(texts), 10_000):
                some = texts[start : start + 10_000]
                change_members(core.database, OPERATOR, uuid, add=[], remove=some)

        def run(_: int) -> None:
            browser.post(f"/admin/groups/{uuid}/members", members=text)

        return Case(name=name, run=run, goal=goal, rounds=rounds, restore=restore)

    yield paste(LARGE[0], outside[:500], 0.25, 20)
    half = len(company.addresses) // 4
    guests = [f"guest{number}@elsewhere.example" for number in range(half)]
    small = f"group{SWITCHED}"
    present = members.list_members(core.database, OPERATOR, company.uuids[small], limit=2 * half)
    known = {each.address for each in present}
    texts = [*guests, *(each for each in company.addresses[:half] if each not in known)]
    yield paste(small, texts, 5.0, 1)


def _whole_groups(core: Core, company: Company) -> Iterator[Case]:
    database = core.database
    large, other = company.uuids[LARGE[0]], company.uuids[f"group{SWITCHED + 1}"]

    def switch(uuids: list[str], *, disabled: bool) -> Callable[[int], None]:
        return lambda _: _require_done(
            bulk.switch_groups(database, OPERATOR, uuids, {"disabled": disabled})
        )

    def nest(_: int) -> None:
        members.add_members(database, OPERATOR, other, [nested])

    nested = f"{LARGE[0]}@{DOMAIN}"
    some = [company.uuids[f"group{number}"] for number in range(SWITCHED)]
    yield Case(
        name=f"disable {company.large:,} in two others",
        run=switch([large], disabled=True),
        restore=switch([large], disabled=False),
        goal=TOGETHER,
        hold=TOGETHER,
        rounds=5,
    )
    yield Case(
        name=f"nest {company.large:,} in one more",
        run=nest,
        restore=lambda _: members.remove_member(database, OPERATOR, other, nested),
        goal=TOGETHER,
        hold=TOGETHER,
        rounds=5,
    )
    yield Case(
        name=f"disable {SWITCHED} groups",
        run=switch(some, disabled=True),
        restore=switch(some, disabled=False),
        goal=TOGETHER,
        hold=0.1,
        rounds=5,
    )
    dynamic = "dynamic-0-0-4"
    yield Case(
        name="another rule",
        run=lambda number: _give_rule(core, company.uuids[dynamic], number),
        goal=TOGETHER,
        hold=TOGETHER,
        rounds=6,
    )


def _deletions(core: Core, company: Company) -> Iterator[Case]:
    database, uuid = core.database, company.uuids[LARGE[0]]

    def delete(_: int = 0) -> None:
        _require_done(bulk.remove_groups(database, OPERATOR, [uuid]))

    def bring_back(_: int = 0) -> None:
        deleted_groups.restore_group(database, OPERATOR, uuid)

    def case(verb: str, run: Callable[[int], None], restore: Callable[[int], None]) -> Case:
        name = f"{verb} {company.large:,} in two others"
        return Case(name=name, run=run, restore=restore, goal=TOGETHER, hold=TOGETHER, rounds=3)

    yield case("delete", delete, bring_back)
    delete()
    yield case("restore", bring_back, delete)
    bring_back()


def _require_done(outcomes: list[bulk.Outcome]) -> None:
    assert not [each.error for each in outcomes if each.error]


def _give_rule(core: Core, uuid: str, number: int) -> None:
    """Let a rule select two thousand others, or those that it selected at first."""
    group = groups.show_group(core.database, OPERATOR, uuid)
    title = "Engineer" if number % 2 == 0 else "Buyer"
    draft = group_draft(
        group.address,
        kind="dynamic",
        display_name=group.settings.display_name,
        rule=f'department under "Division 0" and title = "{title}"',
    )
    groups.update_group(core.database, CONFIRMED, uuid, group.version, draft)


def _departments(core: Core) -> Iterator[Case]:
    """A thousand people leave 25 dynamic groups and join as many others, and back."""
    here = department_of(0)
    there = here.replace("Division 0", "Division 1")

    def move(path: str, new: str) -> None:
        department_tree.move_department(core.database, CONFIRMED, DOMAIN, path, new)

    yield Case(
        name="move a department of 1,000",
        run=lambda _: move(here, there),
        restore=lambda _: move(there, here),
        goal=1.0,
        hold=TOGETHER,
        rounds=5,
    )
