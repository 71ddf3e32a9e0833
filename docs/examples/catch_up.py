"""Catch up with what was there before we subscribed:

    bus-drain iterate catch_up:iterations titles https://shop.example/widgets

Stop it with Ctrl-C or kill it; the same command goes on where it was.
"""

import os

from bus_drain import open_state
from bus_drain.fetch import Entity, EntityClient
from bus_drain.jobs import Iteration, Iterations, collection, fetching
from huey import SqliteHuey

state = open_state(os.environ["STATE_URL"])
shop = EntityClient({os.environ["SHOP_URL"]: None}, cache=state.cache)


def print_title(widget: Entity) -> None:
    """May be called twice for the same widget."""
    print(widget["title"], flush=True)


titles = Iteration("titles", collection(shop, "widgets"), fetching(shop, print_title))
iterations = Iterations(
    SqliteHuey(filename=os.environ["JOBS_FILE"], results=False), state, [titles]
)
