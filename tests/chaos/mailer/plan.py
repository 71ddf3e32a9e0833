"""What is delivered in a run, how often and in which batches; and which mails it must come to."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailer_service.letters.compose_mail import message_id
from tests.mailer_service.services import House

SENDER = "Gavel <mail@gavel.example>"

_CUSTOMERS = 40
_MOST_REPEATS = 3
_MOST_A_BATCH = 8

Delivery = tuple[str, str]
"""(topic, url)."""


@dataclass
class Plan:
    """Batches of deliveries in the order they are sent, and the Message-ID of every mail that
    they must come to."""

    batches: list[list[Delivery]] = field(default_factory=list)
    mails: set[str] = field(default_factory=set)


def draw(house: House, deliveries: int, seed: int) -> Plan:
    """Fill the house with entities until their deliveries, repeats included, are so many."""
    chance = random.Random(seed)
    plan, queue = Plan(), list[Delivery]()
    entities = _entities(house, chance)
    while len(queue) < deliveries:
        topic, url, told = next(entities)
        queue += [(topic, url)] * chance.randint(1, _MOST_REPEATS)
        plan.mails |= {message_id(f"{url} {kind} {who}", SENDER) for kind, who in told}
    # Deliveries of one URL are alike, so any order of all keeps the order within each.
    chance.shuffle(queue)
    while queue:
        size = chance.randint(1, _MOST_A_BATCH)
        plan.batches.append(queue[:size])
        del queue[:size]
    return plan


def _entities(house: House, chance: random.Random) -> Iterator[tuple[str, str, list[Delivery]]]:
    """(topic, url, [(kind, recipient's url), …]) without end."""
    people = [house.customer(f"person{number}") for number in range(_CUSTOMERS)]
    names = [f"person{number}" for number in range(_CUSTOMERS)]
    sally = f"{house.auctions.url}/customers/sally"
    number = 0
    while True:
        number += 1
        kind = chance.choice(["bid", "bid", "bid", "reset", "order"])
        which = chance.randrange(_CUSTOMERS)
        if kind == "bid":
            url = house.bid(number, outbid=names[which])
            yield "bids", url, [("new-bid", sally), ("outbid", people[which])]
        elif kind == "order":
            url = house.order(("paid", "buyer"), ("shipped", "seller"), number=number)
            bob = f"{house.auctions.url}/customers/bob"
            yield "orders", url, [("order-paid", sally), ("order-shipped", bob)]
        else:
            url = house.customer(
                f"forgetful{number}",
                password_reset={"id": str(number)},
                links={"reset-password": f"/reset/{number}"},
            )
            yield "customers", url, [(f"password-reset:{number}", url)]
