"""Entities at one port, what acts on them at another."""

from dataclasses import replace

from bids_client import BidsClient, Money
from service_kit.wsgi_transport import WsgiTransport

from bids_service.app import create_app
from bids_service.bootstrap import build
from bids_service.commands.import_auctions import create_bidding
from tests.bids_service.service import ALL, AUCTION, PUBLIC, Service, bidder, known_terms

COMMANDS = "http://bids.test:8006"


def test_links_that_command_lead_to_a_port_of_their_own(service: Service) -> None:
    config = replace(service.config, commands_url=COMMANDS)
    parts = build(config, clock=service.clock)
    create_bidding(parts.books, AUCTION, known_terms(buy_now=9000, reserve=8000))
    app = create_app(config, parts)
    with BidsClient(PUBLIC, ALL, transport=WsgiTransport(app)) as client:
        placed = client.place(AUCTION, bidder("ada"), Money(500, "USD"), "one")
        bidding = client.bidding(placed.bidding.url)
        at_commands = {name for name, to in bidding.links.items() if to.startswith(COMMANDS)}
        assert at_commands == {
            *("place-bid", "buy-now", "retract", "cancel"),
            *("freeze", "end", "bar", "unbar"),
        }
        assert placed.url.startswith(PUBLIC)
        assert client.buy_now(bidding, bidder("bob"), "two").outcome == "sold"
    parts.close()
