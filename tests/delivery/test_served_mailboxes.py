"""Another try gives copies to those only who have none."""

from contactsgroups.delivery.served_mailboxes import ServedMailboxes, identify


def test_who_has_a_copy_is_known_by_message() -> None:
    served = ServedMailboxes()
    one, other = identify("1", b"one"), identify("2", b"one")

    served.add(one, ["a@x", "b@x"])
    served.add(one, ["b@x", "c@x"])

    assert served.of(one) == {"a@x", "b@x", "c@x"}
    assert served.of(other) == frozenset()


def test_the_messages_that_came_first_are_forgotten() -> None:
    served = ServedMailboxes(limit=4)
    for number in range(3):
        served.add(bytes([number]), ["a@x", "b@x"])
    assert [len(served.of(bytes([number]))) for number in range(3)] == [0, 2, 2]


def test_the_message_that_is_sent_now_is_not_forgotten_however_large() -> None:
    served = ServedMailboxes(limit=1)
    served.add(b"x", ["a@x", "b@x"])
    served.add(b"x", ["c@x"])
    assert len(served.of(b"x")) == 3
