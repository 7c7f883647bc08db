"""Commands that keep running: the whole product, and what it consists of, one by one."""

import socket
from datetime import UTC, datetime

import click

from contactsgroups import serve, state_owner, worker
from contactsgroups.bootstrap import Core
from contactsgroups.cli import upkeep
from contactsgroups.cli.context import Context, open_until_end, pass_context, with_core
from contactsgroups.delivery import held_mail, lmtp, notices, publisher
from contactsgroups.delivery import policy as policy_service
from contactsgroups.directory.first_start import SignIn, load_sample_once
from contactsgroups.services import audit_upkeep
from contactsgroups.serving import run_lock
from contactsgroups.serving.listener import open_listener, url_of
from contactsgroups.serving.log_lines import log_to_stderr
from contactsgroups.serving.signals import ending_on_signals


@click.command()
@click.option(
    "--host", envvar="HOST", help="Address to listen on.  [env: HOST, CONTACTSGROUPS_HOST]"
)
@click.option(
    "--port",
    envvar="PORT",
    help="Port to listen on; 0 takes a free one.  [env: PORT, CONTACTSGROUPS_PORT]",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    help="Answer requests in so many further processes, and replace those that die.",
)
@pass_context
def run(context: Context, host: str | None, port: str | None, workers: int | None) -> None:
    """Run the whole product until Ctrl-C.

    The schema of the database is upgraded.  An installation without any domain gets a sample
    directory, on its first start only.  Only one such program runs on a state directory; other
    commands work beside it.
    """
    log_to_stderr()
    settings = context.settings(host=host, port=port)
    run_lock.require_free(settings.state)
    with ending_on_signals():
        with state_owner.as_caller():  # Root may take a port below 1024.
            listener = open_listener(settings.host, settings.port)
        with run_lock.holding(settings.state):
            core = open_until_end(settings, creating=True, upgrade=True)
            state_owner.stay_owner()
            sign_ins = load_sample_once(core.database, settings.state)
            click.echo(_welcome(core, listener, sign_ins))
            if workers is None:
                serve.serve(core, listener, _services(core))
            else:
                serve.supervise(listener, _services(core), worker.describe(settings), workers)


@click.command()
@click.option("--follow", is_flag=True, help="Go on, and publish after every change until Ctrl-C.")
@with_core
def publish(core: Core, follow: bool) -> None:
    """Write the maps that Postfix reads."""
    log_to_stderr()
    if follow:
        state_owner.stay_owner()
        serve.run_alone(_publisher(core))
        return
    report = publisher.publish(core)
    written = ", ".join(report.written) or "nothing, all maps were up to date"
    click.echo(f"published in {core.settings.effective_maps_directory}: {written}")


@click.command()
@with_core
def policy(core: Core) -> None:
    """Answer Postfix's policy requests until Ctrl-C."""
    log_to_stderr()
    state_owner.stay_owner()
    serve.run_alone(_policy(core))


@click.command()
@with_core
def delivery(core: Core) -> None:
    """Do all that Postfix needs until Ctrl-C: maps, policy, LMTP server, held mail and notices.

    `run` does so by itself.  Where another server shows the pages, or on a further mail server with
    the same database, this runs instead.
    """
    log_to_stderr()
    state_owner.stay_owner()
    serve.run_together(_delivery_services(core))


@click.command("upkeep")
@click.option("--follow", is_flag=True, help="Go on, and do what becomes due until Ctrl-C.")
@with_core
def keep_up(core: Core, follow: bool) -> None:
    """End memberships whose last day is over, and forget groups that were deleted long ago.

    `run` does so by itself.  Where another server shows the pages, this runs from cron, or goes on.
    """
    log_to_stderr()
    if follow:
        state_owner.stay_owner()
        serve.run_alone(_upkeep(core))
        return
    done = upkeep.do_due(core, datetime.now(UTC))
    click.echo(f"memberships ended: {done.ended}, deleted groups forgotten: {done.forgotten}")


@click.command("notices")
@click.option("--follow", is_flag=True, help="Go on, and send what becomes due until Ctrl-C.")
@with_core
def send_notices(core: Core, follow: bool) -> None:
    """Send the notices that wait, such as those to new members.

    `run` and `delivery` do so by themselves.
    """
    log_to_stderr()
    if follow:
        state_owner.stay_owner()
        serve.run_alone(_notices(core))
        return
    sender = notices.NoticeSender(core)
    while sender.send_portion():
        pass
    click.echo(f"notices sent: {sender.sent}")


def _services(core: Core) -> list[serve.Service]:
    """Return what runs once however many workers there are: beside them, in their parent."""
    return [*_delivery_services(core), _audit_verification(core), _upkeep(core)]


def _delivery_services(core: Core) -> list[serve.Service]:
    return [_publisher(core), _policy(core), _lmtp(core), _held_mail(core), _notices(core)]


def _publisher(core: Core) -> serve.Service:
    return serve.Service("map publisher", lambda stop: publisher.follow(core, stop))


def _policy(core: Core) -> serve.Service:
    return serve.Service("policy service", lambda stop: policy_service.serve(core, stop))


def _lmtp(core: Core) -> serve.Service:
    return serve.Service("LMTP server", lambda stop: lmtp.serve(core, stop))


def _held_mail(core: Core) -> serve.Service:
    return serve.Service("held mail", lambda stop: held_mail.follow(core, stop))


def _audit_verification(core: Core) -> serve.Service:
    return serve.Service(
        "verification of the audit log", lambda stop: audit_upkeep.follow(core.database, stop)
    )


def _upkeep(core: Core) -> serve.Service:
    return serve.Service("upkeep", lambda stop: upkeep.follow(core, stop))


def _notices(core: Core) -> serve.Service:
    return serve.Service("notices", lambda stop: notices.follow(core, stop))


def _welcome(core: Core, listener: socket.socket, sign_ins: list[SignIn]) -> str:
    """Print the addresses of all parts, and how to sign in."""
    places = {
        "Start page": url_of(listener),
        "Admin pages": url_of(listener, "/admin/groups"),
        "Compose page": url_of(listener, "/compose"),
        "CardDAV root": url_of(listener, serve.CARDDAV_PATH),
        "Postfix maps": str(core.settings.effective_maps_directory),
        "Policy socket": core.settings.effective_policy_socket,
        "LMTP socket": core.settings.effective_lmtp_socket,
    }
    lines = ["contactsgroups is running; Ctrl-C stops it.", ""]
    lines += [f"  {name:14}{place}" for name, place in places.items()]
    if sign_ins:
        lines += ["", "The sample directory can be looked at with these accounts:", ""]
        lines += [f"  {each.role:18}{each.address:26}{_password(each)}" for each in sign_ins]
    return "\n".join([*lines, ""])


def _password(sign_in: SignIn) -> str:
    return sign_in.password or "(the password was changed)"


COMMANDS = (run, publish, policy, delivery, keep_up, send_notices)
