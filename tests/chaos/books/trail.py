"""Where what was to be mailed is: in an outbox, on the bus, in the mailer's inbox or its ledger."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from service_kit.database import connect, reading
from sqlalchemy import BindParameter, Connection, bindparam, text

_ANNOUNCERS = ("auctions", "bids")
_URLS_OF_ITEM = """
select url from biddings where auction_id = :item
union select url from second_chances where auction_id = :item
union select :orders || id from orders where auction_id = :item
"""
_BIDS_OF_ITEM = """
select :bids || bids.id from bids join biddings on biddings.id = bids.bidding_id
where biddings.auction = :auction
"""
_MAILERS = """
from subscriptions s join clients c on c.id = s.client_id
join subscription_topics t on t.subscription_id = s.id and t.topic = 'offers'
where c.name = 'mailer'
"""
_AHEAD = f"""
select count(*) from events e join subscription_topics t on t.topic = e.topic
join cursors on cursors.subscription_id = t.subscription_id
where t.subscription_id = (select s.id {_MAILERS}) and e.position > cursors.position
"""
_MAILS = """
select id, entity_url, kind, stage, outcome, attempts, due_at_ms, created_at_ms, sent_at_ms,
last_error from mails where auction_url = :auction or entity_url in :urls order by id
"""


class Trail:
    """Reads what each service has stored, beside it. Blocks on the databases."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        self._settings = settings

    def on_the_way(self) -> dict[str, int]:
        """How much may still come to be a mail, by where it is; empty once all is at rest. What a
        digest holds waits for the next morning, and is not on its way."""
        with self._databases() as at:
            found = {f"outbox of {it}": _count(at[it], "from outbox") for it in _ANNOUNCERS}
            found["ahead of the cursor"] = at["bus"].execute(text(_AHEAD)).scalar_one()
            parked = f"from parked_events where subscription_id = (select s.id {_MAILERS})"
            found["parked"] = _count(at["bus"], parked)
            found["inbox"] = _count(at["mailer"], "from inbox")
            unsent = "from mails where stage in ('noticed', 'ready') and kind not like 'digest:%'"
            found["to write or to send"] = _count(at["mailer"], unsent)
        return {where: count for where, count in found.items() if count}

    def of_item(self, item_id: str) -> list[str]:
        """What is stored of an item's way to its mails, a line each."""
        auction = f"{self._settings['AUCTIONS_PUBLIC_URL']}/auctions/{item_id}"
        with self._databases() as at:
            urls = [auction, *self._urls(at, item_id, auction)]
            return [f"urls {urls}", *_stored(at, auction, urls)]

    def outcomes(self) -> list[str]:
        """How many mails there are of each step and outcome."""
        counted = "select stage, outcome, count(*) from mails group by stage, outcome"
        with self._databases() as at:
            return [str(tuple(row)) for row in at["mailer"].execute(text(counted))]

    def noted(self, kind: str) -> set[str]:
        """The URLs of what the ledger has a mail of this kind about, sent or not."""
        with self._databases() as at:
            found = text("select entity_url from mails where kind = :kind")
            return set(at["mailer"].execute(found, {"kind": kind}).scalars())

    def _urls(self, at: Mapping[str, Connection], item_id: str, auction: str) -> list[str]:
        orders = f"{self._settings['AUCTIONS_PUBLIC_URL']}/orders/"
        asked = {"item": item_id, "orders": orders}
        found = list(at["auctions"].execute(text(_URLS_OF_ITEM), asked).scalars())
        bids = {"bids": f"{self._settings['BIDS_PUBLIC_URL']}/bids/", "auction": auction}
        return found + list(at["bids"].execute(text(_BIDS_OF_ITEM), bids).scalars())

    @contextmanager
    def _databases(self) -> Iterator[dict[str, Connection]]:
        with ExitStack() as stack:
            found = {}
            for name in (*_ANNOUNCERS, "bus", "mailer"):
                engine = connect(self._settings[f"{name.upper()}_DATABASE_URL"])
                stack.callback(engine.dispose)
                found[name] = stack.enter_context(reading(engine))
            yield found


def _count(at: Connection, of: str) -> int:
    return int(at.execute(text(f"select count(*) {of}")).scalar_one())


def _stored(at: Mapping[str, Connection], auction: str, urls: Sequence[str]) -> Iterator[str]:
    asked: dict[str, Any] = {"urls": urls}
    for service in _ANNOUNCERS:
        for table in ("outbox", "refused_events"):
            found = f"select id, topic, type, url from {table} where url in :urls"
            yield from _rows(at[service], f"{service}.{table}", found, asked)
    for table in ("events", "parked_events", "dead_letters"):
        found = f"select position, topic, type, url from {table} where url in :urls"
        yield from _rows(at["bus"], f"bus.{table}", f"{found} order by position", asked)
    cursor = f"(select s.id {_MAILERS})"
    found = f"select position, reached, failures from cursors where subscription_id = {cursor}"
    yield from _rows(at["bus"], "bus.cursors", found, {})
    for table in ("inbox", "dead_letters"):
        found = f"select * from {table} where url in :urls"
        yield from _rows(at["mailer"], f"mailer.{table}", found, asked)
    yield from _rows(at["mailer"], "mailer.mails", _MAILS, asked | {"auction": auction})


def _rows(at: Connection, name: str, query: str, asked: dict[str, Any]) -> Iterator[str]:
    lists: list[BindParameter[Any]] = [
        bindparam(key, expanding=True) for key, it in asked.items() if isinstance(it, list)
    ]
    for row in at.execute(text(query).bindparams(*lists), asked):
        yield f"{name} {dict(row._mapping)}"
