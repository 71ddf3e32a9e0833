"""`python -m accounting_service.rebuild`: fill empty books with all that was ever paid."""

from contextlib import closing

import click
from bus_client import BusClient, BusError
from service_kit.config import exit_with, or_exit
from service_kit.errors import StoreUnavailable

from accounting_service.bootstrap import build
from accounting_service.config import Config, read


def rebuild(config: Config) -> str:
    """Have every payment looked at, and say how. What is booked stays booked; may be repeated.
    Where there is a bus it says which there are; else their list does. Raises BusError."""
    if not config.bus_url.startswith("http"):
        with closing(build(config)) as parts:
            parts.receiver.mark_all()
        return "the list of payments will be gone through"
    with BusClient(config.bus_url, config.bus_token) as bus:
        bus.subscriptions.seek(bus.subscriptions.get("default"), "snapshot")
    return "the bus will tell of every payment"


@click.command()
def main() -> None:
    """Have every payment looked at again, after the books were lost or made anew."""
    try:
        click.echo(rebuild(or_exit(read)))
    except (BusError, StoreUnavailable) as error:
        exit_with((str(error),))


if __name__ == "__main__":
    main()
