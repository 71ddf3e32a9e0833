"""`python -m auction_app.support`: what no page lets anybody do for a member."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from service_kit.config import exit_with, or_exit

from auction_app.bootstrap import House, build
from auction_app.config import read
from auction_app.errors import NotFound, NotPossible
from auction_app.support import reseal_secrets, reset_sign_in

_WHAT = "Forget app, recovery codes and passkeys of {}, and end all sessions?"


@click.group()
def main() -> None:
    """Do for a member what no page lets anybody do."""


@main.command()
@click.argument("email")
@click.option("--note", required=True, help="Why, and how it was seen who asks: for the trail.")
@click.option("--yes", is_flag=True, help="Don't ask.")
def reset_second_factors(email: str, note: str, yes: bool) -> None:
    """Let the member EMAIL in by the password alone, who has lost app, recovery codes and passkeys.

    They get a mail about it, and the moderators' trail keeps the note.
    """
    if not yes:
        click.confirm(_WHAT.format(email), abort=True)
    with _opened() as house:
        try:
            name = reset_sign_in.reset_second_factors(house.store, email, note=note)
        except NotFound:
            exit_with((f"{email}: no account has this address",), status=1)
        except NotPossible:
            words = f"{email}: there is no app and no passkey; the password alone signs in"
            exit_with((words,), status=1)
    click.echo(f"{name} ({email}) signs in with the password alone from now on, and gets a mail.")


@main.command()
@click.option(
    "--turn-off-unreadable",
    is_flag=True,
    help="Ask members for no code whose secret no key opens, and mail them.",
)
def reseal(turn_off_unreadable: bool) -> None:
    """Bring all secrets of apps under the first key of AUCTIONS_SECRET_KEY.

    Then the keys behind it can be dropped. Exit status 1 while there are secrets that no key opens.
    """
    with _opened() as house:
        done = reseal_secrets.reseal_secrets(house.store, house.signatures)
        click.echo(f"{done.sealed} secrets are under the first key.")
        if turn_off_unreadable:
            off = reseal_secrets.turn_off_unreadable(house.store, house.signatures)
            click.echo(f"{off} members are asked for no code any more.")
        elif done.unreadable:
            words = f"{len(done.unreadable)} secrets are under no key that is set"
            exit_with((words,), status=1)


@contextmanager
def _opened() -> Iterator[House]:
    house = or_exit(lambda: build(read()))
    try:
        or_exit(house.check)
        yield house
    finally:
        house.close()


if __name__ == "__main__":
    main()
