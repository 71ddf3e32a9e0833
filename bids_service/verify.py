"""`python -m bids_service.verify AUCTION_URL|BIDDING_URL|FILE`: does the record give the result?

What each reader can prove, and what nobody can who isn't shown a maximum, is told in
docs/decisions/0010-who-can-prove-what.md.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from bus_drain.fetch import EntityClient, FetchError
from service_kit.config import or_exit
from service_kit.errors import HttpFailure, NotAnAmount, NotHal, StoreUnavailable
from service_kit.hal import Resource
from service_kit.http import origin_of
from service_kit.money import Money

from bids_service.audit.own_bids import Opened, verify_own_bids
from bids_service.audit.seen import Seen
from bids_service.audit.verify_chain import Linked, pairs_from, verify_chain
from bids_service.audit.verify_rules import verify_rules
from bids_service.config import read
from bids_service.engine.bidding import Outcome
from bids_service.errors import NotProven, TablesMissing
from bids_service.storage.database import open_database
from bids_service.verify_stored import verify_stored

Json = Mapping[str, Any]
_UNREADABLE = (FetchError, HttpFailure, OSError, StoreUnavailable, TablesMissing, UnicodeError)


@click.command()
@click.argument("source", metavar="AUCTION_URL|BIDDING_URL|FILE")
@click.option("--save", type=click.Path(dir_okay=False, path_type=Path), help="Keep what was read.")
@click.option(
    "--own",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A bidder's own bids, as the service lists them with maxima, to open commitments with.",
)
@click.option("--receipt", "receipts", multiple=True, help="A receipt noted while it was running.")
@click.option(
    "--all-maxima",
    is_flag=True,
    help="The operator's proof: replay from the database of BIDS_DATABASE_URL.",
)
def main(
    source: str, save: Path | None, own: Path | None, receipts: tuple[str, ...], all_maxima: bool
) -> None:
    """Prove that the recorded order gives the published result. Exits 1 when it doesn't."""
    try:
        if all_maxima:
            entries = verify_stored(open_database(or_exit(read).database_url), source)
            click.echo(f"replayed {entries} entries with all maxima: every row is what they give")
            return
        exported = _fetched(source) if source.startswith("http") else _from_file(Path(source))
        if save is not None:
            save.write_text(json.dumps(exported, indent=1) + "\n", encoding="utf-8")
        _prove(exported, own, receipts)
    except NotProven as error:
        click.echo(f"NOT PROVEN: {error}")
        sys.exit(1)
    except _UNREADABLE as error:
        raise click.UsageError(f"{source!r} can't be read: {error}") from error


def _prove(exported: Json, own: Path | None, receipts: tuple[str, ...]) -> None:
    record = verify_chain(pairs_from(exported["entries"]))
    click.echo(f"{len(record)} entries, each in its place, ending in {record[-1].hash}")
    seen = verify_rules(record)
    check_result(seen, exported["bidding"])
    click.echo("the rules hold as far as can be seen, and the result is the published one")
    for receipt in receipts:
        if receipt not in {one.hash for one in record}:
            raise NotProven(f"the receipt {receipt} is not on record")
    if receipts:
        click.echo(f"{len(receipts)} receipts are on record")
    if own is not None:
        click.echo(f"{_check_own(record, own)} own maxima were recorded and treated rightly")


def check_result(seen: Seen, bidding: Json) -> None:
    """Compare what a record comes to with the bidding as it is published. Raises NotProven."""
    came_to, currency = seen.bidding, seen.bidding.terms.currency
    if came_to.outcome is None:
        raise NotProven("the record doesn't reach the close")
    try:
        price = None if came_to.price is None else Money(came_to.price, currency).to_wire()
    except NotAnAmount as error:
        raise NotProven(f"the record is of no amounts: {error}") from error
    expected = {
        "status": "closed",
        "outcome": "sold" if came_to.outcome is Outcome.SOLD else "unsold",
        "price": price,
        "masked_leader": came_to.leader,
        "bid_count": came_to.bid_count,
        "ends_at_ms": came_to.ends_at_ms,
        "closed_at_ms": came_to.closed_at_ms,
    }
    for name, value in expected.items():
        if bidding.get(name) != value:
            raise NotProven(f"published {name} {bidding.get(name)!r}, the record gives {value!r}")


def _check_own(record: list[Linked], file: Path) -> int:
    on_record = {one.hash for one in record}
    try:
        bids = Resource(str(file), json.loads(file.read_text(encoding="utf-8"))).collection("bids")
        own = [
            Opened(
                receipt=bid.text("receipt"),
                maximum=bid.money("maximum").amount_minor,
                salt=bid.text("salt"),
            )
            for bid in bids
            if bid.text("receipt") in on_record
        ]
    except (ValueError, NotHal) as error:
        raise NotProven(f"{file} is no list of own bids: {error!r}") from error
    return verify_own_bids(record, own)


def _fetched(url: str) -> Json:
    with _client(url) as client:
        found = client.get(url)
    if not found.offers("history") and found.offers("bidding"):
        bidding_url = found.link("bidding")
        with _client(bidding_url) as client:
            found = client.get(bidding_url)
    if not found.offers("history"):
        raise NotProven("there is no public history: it is there once the bidding is closed")
    return {"bidding": found.document, "entries": list(_entries(found.link("history")))}


def _entries(url: str) -> Iterator[Json]:
    with _client(url) as client:
        for page in client.pages(url):
            yield from (one.document for one in page.collection("entries"))


def _client(url: str) -> EntityClient:
    return EntityClient({origin_of(url): None}, max_bytes=8 * 1024 * 1024)


def _from_file(file: Path) -> Json:
    try:
        exported: Json = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(exported["entries"], list) or not isinstance(exported["bidding"], dict):
            raise NotProven(f"{file} is no exported history")
    except (ValueError, KeyError, TypeError) as error:
        raise NotProven(f"{file} is no exported history: {error!r}") from error
    return exported


if __name__ == "__main__":
    main()
