"""Only those judge who own, moderate or administer."""

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.services.moderation.judging import judges_any_group
from tests.directories import add_alias, add_group
from tests.services.conftest import ADA, LOCAL_ADMIN, NIA
from tests.services.moderation.holds import add_moderated


def test_who_judges_is_known_also_by_an_alias(small: Database) -> None:
    add_group(small, "plain@example.org", "bob@example.org", owners=["ada@example.org"])

    def judging() -> list[bool]:
        with small.read() as session:
            return [judges_any_group(session, each) for each in (OPERATOR, LOCAL_ADMIN, ADA, NIA)]

    assert judging() == [False] * 4
    add_alias(small, "a@example.org", "ada@example.org")
    add_moderated(small, moderators=["a@example.org"])
    assert judging() == [True, True, True, False]
