"""Look at a bid before it is placed."""

from dataclasses import dataclass

from service_kit.errors import NotAnAmount

from auction_app.accounts.model import Customer
from auction_app.bidding.forms import BidForm
from auction_app.bidding.model import Ticket
from auction_app.db.ids import new_key
from auction_app.errors import BadInput, NotVerified, TicketRefused
from auction_app.listings.model import Auction, Status
from auction_app.signatures import Signatures

FAR_ABOVE = 10
_USE = "bid-ticket"


@dataclass(frozen=True, kw_only=True)
class Review:
    """A bid that waits for its yes. `far_above` warns of what may be a slip of the finger."""

    ticket: Ticket
    far_above: bool


def check_may_bid(auction: Auction, bidder: Customer, *, now_ms: int) -> None:
    """Whether any amount could be bid: looked at first, for whoever can't bid is told that and
    nothing about an amount.

    Raises NotVerified; BadInput with seller, ended or not_started. The rules are bids_service's:
    this only spares a bidder the way.
    """
    if not bidder.verified:
        raise NotVerified("bidders need a verified address")
    if auction.seller_id == bidder.id:
        raise BadInput({"maximum": "seller"})
    status = auction.status(now_ms)
    if status is not Status.RUNNING:
        raise BadInput({"maximum": "ended" if status is Status.ENDED else "not_started"})


def review_bid(auction: Auction, bidder: Customer, form: BidForm) -> Review:
    """Mint the ticket whose key makes it one bid. Raises BadInput with below_minimum."""
    if form.maximum.amount_minor < auction.minimum.amount_minor:
        raise BadInput({"maximum": "below_minimum"})
    ticket = Ticket(
        key=new_key(),
        auction_id=auction.id,
        bidder_id=bidder.id,
        maximum=form.maximum,
        seen_price=auction.price,
    )
    return Review(ticket=ticket, far_above=is_far_above(auction, ticket))


def review_again(auction: Auction, ticket: Ticket) -> Review:
    """The same maximum at today's price, with a key of its own."""
    renewed = Ticket(
        key=new_key(),
        auction_id=auction.id,
        bidder_id=ticket.bidder_id,
        maximum=ticket.maximum,
        seen_price=auction.price,
    )
    return Review(ticket=renewed, far_above=is_far_above(auction, renewed))


def sign_ticket(signatures: Signatures, ticket: Ticket) -> str:
    """The reviewed bid as it goes into its bidder's page."""
    return signatures.sign(_USE, ticket.to_wire())


def read_ticket(signatures: Signatures, text: str) -> Ticket:
    """The reviewed bid. Raises TicketRefused."""
    try:
        return Ticket.from_wire(signatures.read(_USE, text))
    except (ValueError, KeyError, TypeError, NotAnAmount) as error:
        raise TicketRefused("not a ticket of ours") from error


def is_far_above(auction: Auction, ticket: Ticket) -> bool:
    """Whether the maximum is ten times what a bid must be, or more."""
    return ticket.maximum.amount_minor >= FAR_ABOVE * auction.minimum.amount_minor
