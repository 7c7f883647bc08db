"""Ask the one posting decision about stored groups."""

from collections.abc import Collection
from dataclasses import replace

from sqlalchemy.orm import Session

from contactsgroups.domain.posting import Decision, Evidence, decide, strictest
from contactsgroups.persistence.models import Group
from contactsgroups.services.delivery.posting_facts import (
    StoredSenders,
    canonical_sender,
    groups_inside,
    read_facts,
    with_nested,
)


def decide_for_group(session: Session, evidence: Evidence, group: Group) -> Decision:
    """Decide about a message to a group and all enabled groups inside it.

    The strictest answer wins: a group that is open to anyone must not be a way into a restricted
    one.
    """
    return decide_for_groups(session, evidence, [group])[group.id]


def decide_for_groups(
    session: Session, evidence: Evidence, groups: Collection[Group]
) -> dict[int, Decision]:
    """Return the decision of :func:`decide_for_group` for each of the groups, by its id.

    For all of them together the database is asked as often as for one.
    """
    within = decide_within_each(session, evidence, groups)
    return {id_: strictest(decision for _, decision in each) for id_, each in within.items()}


def decide_within(
    session: Session, evidence: Evidence, group: Group
) -> list[tuple[Group, Decision]]:
    """Return what a group decides, and then each group inside that passes messages on.

    The database is asked as often for many groups as for few.
    """
    return decide_within_each(session, evidence, [group])[group.id]


def decide_within_each(
    session: Session, evidence: Evidence, groups: Collection[Group]
) -> dict[int, list[tuple[Group, Decision]]]:
    """Return what :func:`decide_within` does of each of the groups, by its id.

    For all of them together the database is asked as often as for one.
    """
    known = replace(
        evidence,
        login=canonical_sender(session, evidence.login),
        envelope_sender=canonical_sender(session, evidence.envelope_sender),
    )
    inside = groups_inside(session, groups)
    concerned = {each.id: each for each in groups}
    concerned |= {each.id: each for rows in inside.values() for each in rows}
    facts = read_facts(session, concerned.values(), StoredSenders(session, concerned))
    decided = {each: decide(known, facts[each]) for each in concerned}
    return {
        group.id: [(each, decided[each.id]) for each in with_nested(group, inside)]
        for group in groups
    }
