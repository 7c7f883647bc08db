"""How much one request or one account may ask for; ``docs/carddav.md`` has these numbers.

Each bounds work that one thread does while others wait.  They are far above what address-book
programs send: most ask for ten to a hundred cards at once, vdirsyncer for a whole book.
"""

BODY = 2_500_000  # octets of a request's body
CARD = 1_000_000  # octets of one card, or of all cards that are put at once
FILE = 10_000_000  # of a card that is there already, and read

LINES = 20_000  # lines of a body with cards, folded ones counted as they are sent
PROPERTIES = 5_000  # in a body with cards; the members of a group card are properties
CARDS_AT_ONCE = 500  # in a body that is put in the place of a whole book
HEAD = 1_000  # characters of a property's name and parameters
TIME_ZONES = 10  # TZID or TZNAME in a body with cards, where they have no meaning

HREFS = 10_000  # of an addressbook-multiget
PROPERTIES_ASKED = 100  # asked for or set by one request
VALUES_LISTED = 100_000  # properties asked for, times the cards they are asked of
CONDITIONS = 100  # of an addressbook-query: its prop-filters and all that is in them
ELEMENTS = 1_000  # of XML, not counting hrefs
DEPTH = 20  # of elements in each other
ATTRIBUTES = 16  # of one element
TEXT = 100_000  # characters of XML between its tags, not counting hrefs

HEADERS = 100  # of a request
HEADER = 8_192  # octets of one header
PATH = 2_048  # octets
COMPONENT = 255  # octets between two slashes: the name of a file

BOOKS = 100  # an account may have, calendars included
CARDS = 10_000  # a book may have
BOOK = 50_000_000  # octets that the cards of a book may have, all of which one answer may hold
DATES = 1_000  # of a calendar object: rules, and dates that are added or left out

BOOK_PROPERTIES = 100  # a client may set of a book, for good
BOOK_PROPERTIES_TEXT = 200_000  # characters of their names and values
SEARCH_SECONDS = 1.0  # of processor time, for the cards that only Radicale can search
CALENDAR_SECONDS = 1.0  # of processor time, for a request that concerns calendars
RECURRENCE_SECONDS = 0.2  # of processor time, for the first and last moment of one event
