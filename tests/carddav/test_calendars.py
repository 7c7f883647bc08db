"""Calendars: refused on the mount by default; where they are allowed, they repeat so often only."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from radicale import config
from radicale.storage import BaseCollection

from contactsgroups.bootstrap import Core, open_core
from contactsgroups.settings import Settings
from radicale_plugin import Storage, limits, processor_time
from tests.carddav.calling import Caller
from tests.carddav.dav import PASSWORD, Client
from tests.carddav.test_bounds import HOME, OWN, SPACES, card
from tests.carddav.test_standalone import configuration, running  # noqa: F401 - a fixture

CALENDAR = HOME + "calendar/"
MAKING = (
    f"<D:mkcol {SPACES}><D:set><D:prop><D:resourcetype><D:collection/>{{}}</D:resourcetype>"
    "</D:prop></D:set></D:mkcol>"
)
RANGE = '<C:time-range start="20260101T000000Z" end="20260201T000000Z"/>'


def event(*lines: str, start: str = "20260101T120000Z") -> str:
    head = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//\r\nBEGIN:VEVENT\r\nUID:1\r\n"
    properties = "".join(f"{line}\r\n" for line in (f"DTSTART:{start}", *lines))
    return f"{head}{properties}SUMMARY:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"


def calendar_query(range_: str = RANGE) -> str:
    return (
        f"<C:calendar-query {SPACES}><D:prop><D:getetag/></D:prop><C:filter>"
        f'<C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">{range_}'
        '<C:prop-filter name="SUMMARY"/></C:comp-filter></C:comp-filter></C:filter>'
        "</C:calendar-query>"
    )


@pytest.fixture
def ada(core: Core) -> Caller:
    """Ada, calling the application without a server between."""
    return Caller(core)


@pytest.fixture
def keeper(state: Path) -> Iterator[Caller]:
    """Ada, where calendars are allowed, with one."""
    core = open_core(Settings(state=state, carddav_calendars=True))
    ada = Caller(core)
    assert ada.ask("MKCALENDAR", CALENDAR).status == 201
    yield ada
    core.close()


def test_calendars_are_not_made(ada: Caller) -> None:
    refused = ada.ask("MKCALENDAR", CALENDAR)
    assert refused.status == 405
    assert "MKCALENDAR" not in refused.headers["Allow"]
    for kind in ("<C:calendar/>", '<CS:subscribed xmlns:CS="http://calendarserver.org/ns/"/>'):
        refused = ada.ask("MKCOL", CALENDAR, MAKING.format(kind))
        assert refused.status == 403
        assert "valid-resourcetype" in refused.text
    assert ada.ask("PROPFIND", CALENDAR).status == 404


def test_nothing_says_that_there_are_calendars(ada: Caller) -> None:
    headers = ada.ask("OPTIONS", HOME).headers
    assert "MKCALENDAR" not in headers["Allow"]
    assert "calendar-access" not in headers["DAV"]
    assert "addressbook" in headers["DAV"]
    assert "calendar-access" not in ada.ask("PROPFIND", HOME).headers["DAV"]


HIDDEN = [
    event(),
    event("RRULE:FREQ=SECONDLY"),
    event("RRULE:FREQ=DAILY;COUNT=1;BYMONTH=2;BYMONTHDAY=30"),
    "\r\n \r\n" + event(),
    event().lower(),
    event().replace("VCALENDAR", "VCAL\r\n ENDAR"),
    event().replace("VCALENDAR", "VCAL\r\n \r\n ENDAR"),
    event().replace("BEGIN:VCALENDAR", "BE\0GIN:VCALENDAR"),
    event().replace("BEGIN:VCALENDAR", " BEGIN:VCALENDAR"),
    event().replace("BEGIN:VCALENDAR", "\xa0\r\n BEGIN:VCALENDAR"),
    "FN:x\r\n \xa0\r\n " + event(),
    event().replace("BEGIN:VCALENDAR", 'a.BEGIN;X="y:z":VCALENDAR'),
    event().replace("BEGIN:VCALENDAR", "PROFILE:VCALENDAR"),
    card().replace("END:VCARD", "BEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VCARD"),
    card() + event(),
]


@pytest.mark.parametrize("text", HIDDEN, ids=range(len(HIDDEN)))
def test_calendars_are_not_stored(ada: Caller, text: str) -> None:
    for path in (OWN + "1.vcf", OWN, HOME + "new/"):
        refused = ada.ask("PUT", path, text, Content_Type="text/vcard")
        assert refused.status == 403
        assert refused.precondition == "supported-address-data"


def test_what_is_called_a_calendar_is_not_stored(ada: Caller) -> None:
    refused = ada.ask("PUT", HOME + "new/", "", Content_Type="Text/Calendar; charset=utf-8")
    assert refused.precondition == "supported-address-data"
    assert ada.ask("PROPFIND", HOME + "new/").status == 404


@pytest.mark.parametrize("name", ["calendar-query", "calendar-multiget", "free-busy-query"])
def test_there_are_no_reports_on_calendars(ada: Caller, name: str) -> None:
    refused = ada.ask("REPORT", OWN, f"<C:{name} {SPACES}>{RANGE}</C:{name}>")
    assert (refused.status, refused.precondition) == (403, "supported-report")


def test_calendars_from_before_are_hidden_and_kept(keeper: Caller, state: Path) -> None:
    assert keeper.ask("PUT", CALENDAR + "1.ics", event()).status == 201
    core = open_core(Settings(state=state))
    ada = Caller(core)

    assert CALENDAR not in ada.ask("PROPFIND", HOME, Depth="1").text.replace("%40", "@")
    for method, path in [("GET", CALENDAR), ("GET", CALENDAR + "1.ics"), ("DELETE", CALENDAR)]:
        assert ada.ask(method, path).status == 404
    making = MAKING.format("<CR:addressbook/>")
    assert ada.ask("MKCOL", CALENDAR, making).status == 403
    assert ada.ask("PUT", CALENDAR, card(), Content_Type="text/vcard").status == 403
    assert ada.ask("PUT", CALENDAR + "1.ics", card()).status == 409

    core.close()
    assert keeper.ask("GET", CALENDAR + "1.ics").text.startswith("BEGIN:VCALENDAR")


USUAL = {
    "once": [],
    "each day, for ever": ["RRULE:FREQ=DAILY"],
    "working days": ["RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;UNTIL=20301231T000000Z"],
    "each year": ["RRULE:FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1;BYHOUR=12"],
    "a hundred times": ["RRULE:FREQ=DAILY;COUNT=100"],
    "but for a few": ["RRULE:FREQ=DAILY", "EXDATE:20260102T120000Z,20260103T120000Z"],
}


@pytest.mark.parametrize("lines", USUAL.values(), ids=USUAL)
def test_usual_events_are_stored_and_found(keeper: Caller, lines: list[str]) -> None:
    assert keeper.ask("PUT", CALENDAR + "1.ics", event(*lines)).status == 201
    found = keeper.ask("REPORT", CALENDAR, calendar_query())
    assert found.status == 207
    assert "1.ics" in found.text


ENDLESS = {
    "each second": event("RRULE:FREQ=SECONDLY"),
    "each second in lower case": event("rrule:freq=secondly"),
    "each minute": event("RRULE:INTERVAL=1;FREQ=MINUTELY;UNTIL=20990101T000000Z"),
    "each hour": event("RRULE:FREQ=HOURLY"),
    "folded": event("RRULE:FREQ=SECO\r\n NDLY"),
    "of a group": event("a.RRULE:FREQ=SECONDLY"),
    "each second of a day": event(
        f"RRULE:FREQ=DAILY;BYHOUR={','.join(map(str, range(24)))};BYSECOND=0"
    ),
    "since the year 1": event("RRULE:FREQ=DAILY", start="00010101T000000Z"),
    "in a far year": event("RRULE:FREQ=DAILY;COUNT=3", start="99980101T000000Z"),
    "very often": event("RRULE:FREQ=DAILY;COUNT=99999999"),
    "until a far year": event("RRULE:FREQ=DAILY;UNTIL=99991231T000000Z"),
    "no frequency": event("RRULE:COUNT=3"),
    "many dates": event("RDATE:" + ",".join(["20260101T000000Z"] * 100_000)),
    "many dates left out": event(*["EXDATE:20260101T000000Z"] * 4_000, "RRULE:FREQ=DAILY"),
    "many rules": event(*["RRULE:FREQ=DAILY"] * 4_000),
    "many overrides": event().replace(
        "END:VCALENDAR", "BEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\n" * 4_000 + "END:VCALENDAR"
    ),
    "many properties": event(*["COMMENT:x"] * 100_000),
    "a long text": event("COMMENT:" + "x" * 2_000_000),
    "time zones": event("COMMENT:" + "TZID=" * 100_000),
    "clocks set each second": event().replace(
        "BEGIN:VEVENT",
        "BEGIN:VTIMEZONE\r\nTZID:x\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\n"
        "RRULE:FREQ=DAILY\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nEND:STANDARD\r\n"
        "END:VTIMEZONE\r\nBEGIN:VEVENT",
    ),
}


@pytest.mark.parametrize("text", ENDLESS.values(), ids=ENDLESS)
def test_what_repeats_too_often_is_refused(keeper: Caller, text: str) -> None:
    for path in (CALENDAR + "1.ics", CALENDAR):
        answer = keeper.ask("PUT", path, text, Content_Type="text/calendar")
        assert answer.is_refused_quickly, answer
    assert "1.ics" not in keeper.ask("REPORT", CALENDAR, calendar_query()).text


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    ],
)
@pytest.mark.parametrize("years", [(2026, 2027), (9998, 9999)])
def test_what_is_there_already_takes_no_longer_than_others_can_wait(
    keeper: Caller, state: Path, rule: str, years: tuple[int, int]
) -> None:
    """As after a restore, or from Radicale's own program."""
    folder = state / "collections/collection-root" / CALENDAR[1:]
    assert keeper.ask("PUT", CALENDAR + "1.ics", event("RRULE:FREQ=DAILY")).status == 201
    text = (folder / "1.ics").read_text()
    (folder / "1.ics").write_text(text.replace("FREQ=DAILY", rule), newline="")
    range_ = '<C:time-range start="{}0101T000000Z" end="{}0101T000000Z"/>'.format(*years)
    free_busy = f"<C:free-busy-query {SPACES}>{range_}</C:free-busy-query>"

    for body in (calendar_query(range_), free_busy):
        answer = keeper.ask("REPORT", CALENDAR, body)
        assert answer.status in {200, 207} or 400 <= answer.status < 500, answer
        assert answer.seconds < limits.CALENDAR_SECONDS + 2
    # The same calendar, and all others, are usable afterwards.
    listed = keeper.ask("PROPFIND", CALENDAR, Depth="1")
    assert "1.ics" in listed.text
    read = keeper.ask("GET", CALENDAR + "1.ics")
    moved = keeper.ask("MOVE", CALENDAR + "1.ics", Destination=f"http://localhost{CALENDAR}2.ics")
    deleted = keeper.ask("DELETE", CALENDAR + "2.ics")
    assert [read.status, moved.status, deleted.status] == [200, 201, 200]
    assert max(each.seconds for each in (listed, read, moved, deleted)) < 2


def test_time_that_is_used_up_interrupts_once() -> None:
    tidied = []

    def work() -> None:
        try:
            while True:
                len("")
        finally:
            tidied.extend(map(len, ["x"] * 1000))

    with pytest.raises(processor_time.OutOfTime), processor_time.limited(0.05):
        work()
    assert len(tidied) == 1000
    with processor_time.limited(10):
        assert sum(range(10)) == 45


def test_address_books_are_as_usual_beside_calendars(keeper: Caller) -> None:
    assert keeper.ask("PUT", OWN + "1.vcf", card()).status == 201
    assert keeper.ask("PUT", OWN + "2.vcf", event()).status in {400, 409}
    assert "calendar-access" in keeper.ask("OPTIONS", HOME).headers["DAV"]


def test_radicale_s_own_program_keeps_calendars(
    core: Core,
    configuration: tuple[Path, int],  # noqa: F811 - the fixture
    tmp_path: Path,
) -> None:
    path, port = configuration
    command = [sys.executable, "-m", "radicale", "--config", str(path)]
    auth = ("ada@example.org", PASSWORD)
    with (
        running(command, port, tmp_path / "radicale.log") as url,
        Client(base_url=url, auth=auth, timeout=30) as ada,
    ):
        assert ada.request("MKCALENDAR", CALENDAR).status_code == 201
        assert ada.put(CALENDAR + "1.ics", content=event("RRULE:FREQ=HOURLY")).status_code == 201
        assert ada.get(CALENDAR + "1.ics").status_code == 200


def test_the_storage_shows_calendars_unless_told_otherwise(core: Core) -> None:
    storage = Storage(config.load(), core=core)
    storage.create_collection(CALENDAR, props={"tag": "VCALENDAR"})
    (found,) = storage.discover(CALENDAR)
    assert isinstance(found, BaseCollection)
    assert found.tag == "VCALENDAR"
