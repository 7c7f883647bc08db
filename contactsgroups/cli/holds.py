"""Commands for messages that wait for a moderator."""

from collections.abc import Iterator

import click

from contactsgroups.bootstrap import Core
from contactsgroups.cli.context import with_core
from contactsgroups.domain.message_preview import MessagePreview
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services.moderation import decisions
from contactsgroups.services.moderation.held_messages import (
    HeldDetails,
    HeldFilter,
    HeldMessage,
    list_held_messages,
    show_held_message,
)

_PAGE = 200


@click.group()
def holds() -> None:
    """List messages that wait for a moderator, and decide about them."""


@holds.command("list")
@click.option("--decided", is_flag=True, help="Those that were decided about instead.")
@click.option("--search", default="", help="Words in the sender, author, subject or group.")
@with_core
def list_holds(core: Core, search: str, *, decided: bool) -> None:
    """Print the messages that wait, the newest first: id, time, group, sender, subject."""
    for each in _messages(core, HeldFilter(waiting=not decided, search=search)):
        outcome = "" if each.is_waiting else f"{each.state} by {each.decided_by}  "
        click.echo(
            f"{each.uuid}  {each.received_at:%Y-%m-%d %H:%M} UTC  {each.group_address}  "
            f"{each.sender or '<>'} ({each.proof})  {outcome}{each.subject}"
        )


@holds.command()
@click.argument("message")
@with_core
def show(core: Core, message: str) -> None:
    """Print one message as plain text, with its attachments and why it waits."""
    for line in _describe(show_held_message(core.database, OPERATOR, message)):
        click.echo(line)


@holds.command()
@click.argument("messages", nargs=-1, required=True)
@click.option("--always-allow", is_flag=True, help="Let the sender's messages pass from now on.")
@with_core
def approve(core: Core, messages: tuple[str, ...], *, always_allow: bool) -> None:
    """Send messages to the members, as they came."""
    for each in messages:
        outcome = decisions.approve_message(
            core.database, OPERATOR, each, always_allow=always_allow
        )
        then = "; moderators of a group inside are asked next" if outcome.asks_further else ""
        click.echo(f"{each} is approved{then}")


@holds.command()
@click.argument("messages", nargs=-1, required=True)
@click.option("--note", default="", help="Kept beside the decision.")
@with_core
def reject(core: Core, messages: tuple[str, ...], note: str) -> None:
    """Refuse messages."""
    for each in messages:
        decisions.reject_message(core.database, OPERATOR, each, note)
        click.echo(f"{each} is rejected")


@holds.command()
@click.argument("messages", nargs=-1, required=True)
@with_core
def discard(core: Core, messages: tuple[str, ...]) -> None:
    """Drop messages; their senders hear nothing."""
    for each in messages:
        decisions.discard_message(core.database, OPERATOR, each)
        click.echo(f"{each} is discarded")


def _messages(core: Core, wanted: HeldFilter) -> Iterator[HeldMessage]:
    after: int | None = 0
    while after is not None:
        page = list_held_messages(core.database, OPERATOR, wanted, after=after, limit=_PAGE)
        yield from page.messages
        after = page.next_after


def _describe(found: HeldDetails) -> Iterator[str]:
    message, preview = found.message, found.preview
    yield f"from:      {message.author_name} <{message.author}>"
    yield f"sender:    {message.sender or '<>'}, {message.proof}"
    yield f"group:     {message.group_address}, {message.recipient_count} mailboxes"
    yield f"subject:   {message.subject}"
    yield f"state:     {message.state}{f', by {message.decided_by}' if message.decided_by else ''}"
    if message.note:
        yield f"note:      {message.note}"
    if message.last_error:
        yield f"error:     {message.last_error}"
    yield from (f"           {step}" for step in found.trace)
    for each in preview.attachments:
        yield f"attached:  {each.name or '(no name)'}, {each.content_type}, {each.size} bytes"
    yield from (f"shown:     {each}" for each in _gaps(preview))
    yield ""
    yield preview.text or preview.html_text
    if preview.text and preview.html_text:
        yield f"\nIts HTML says:\n\n{preview.html_text}"


def _gaps(preview: MessagePreview) -> Iterator[str]:
    """Say what is left out of what is shown."""
    if preview.is_cut:
        yield "only the beginning of the text"
    if preview.has_more_parts:
        yield "not all parts"
    if preview.is_unreadable:
        yield "not all, since some of it could not be read"


COMMANDS = (holds,)
