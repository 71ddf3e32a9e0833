"""The visitor's language for kinds of news, steps of orders, ratings, and what moderators do."""

from auction_app.orders import OrderStatus
from auction_app.views.language import _


def kind_word(kind: str) -> str:
    """What a kind of news is about."""
    return {
        "new-bid": _("Somebody bids on my item"),
        "outbid": _("I am outbid"),
        "ending-soon": _("An item I watch ends soon"),
        "won": _("I have won"),
        "lost": _("Somebody else has won"),
        "sold": _("My item is sold"),
        "unsold": _("My item is not sold"),
        "question": _("Somebody asks about my item"),
        "answer": _("My question is answered"),
        "order": _("Something happens with an order"),
        "second-chance": _("I get a second chance"),
    }[kind]


def notice_word(kind: str) -> str:
    """One piece of news, before the item's title."""
    return {
        "new-bid": _("New bid on your item"),
        "outbid": _("You have been outbid"),
        "ending-soon": _("Ends soon"),
        "won": _("You have won"),
        "lost": _("Somebody else has won"),
        "sold": _("Your item is sold"),
        "unsold": _("Your item was not sold"),
        "question": _("A question about your item"),
        "answer": _("Your question is answered"),
        "order": _("News about your order"),
        "second-chance": _("A second chance for you"),
    }[kind]


def mode_word(mode: str) -> str:
    """When a kind of mail comes."""
    return {"at_once": _("At once"), "daily": _("Once a day"), "off": _("Never")}[mode]


def obstacle_word(obstacle: str) -> str:
    """Why an account can't be deleted yet."""
    return {
        "selling": _("Somebody has bid on an item of yours that has not ended."),
        "leading": _("You lead in an auction that has not ended, or could still win it."),
        "orders": _("An order of yours is not finished."),
        "bidding": _(
            "A bid, purchase or offer of yours is on its way. Try again in a few minutes."
        ),
        "offers": _("A second chance offer that you made or were made is still open."),
        "listing": _("An item of yours cannot be called off right now. Try again in a minute."),
    }[obstacle]


def status_word(status: OrderStatus) -> str:
    """How far an order is."""
    return {
        OrderStatus.AGREED: _("Agreed"),
        OrderStatus.PAID: _("Paid"),
        OrderStatus.SHIPPED: _("Sent"),
        OrderStatus.RECEIVED: _("Received"),
        OrderStatus.CANCELLED: _("Cancelled"),
    }[status]


def step_action(status: OrderStatus, side: str) -> str:
    """What the button says with which a side takes a step."""
    if status is OrderStatus.PAID:
        return _("I have paid") if side == "buyer" else _("The money is here")
    return {
        OrderStatus.SHIPPED: _("I have sent it"),
        OrderStatus.RECEIVED: _("I have received it"),
    }.get(status, _("Cancel the order"))


def side_word(side: str) -> str:
    """Who took a step."""
    return {"buyer": _("Buyer"), "seller": _("Seller")}.get(side, _("The house"))


def rating_word(rating: str) -> str:
    """How it went."""
    return {"good": _("Good"), "neutral": _("Neutral"), "bad": _("Bad")}[rating]


def reason_word(reason: str) -> str:
    """Why an item is reported."""
    return {
        "forbidden": _("It may not be sold"),
        "counterfeit": _("It is a fake"),
        "misleading": _("Text or photos mislead"),
        "offensive": _("It insults people"),
        "other": _("Something else"),
    }[reason]


def action_word(action: str) -> str:
    """What a moderator did, or may do."""
    return {
        "dismiss": _("Leave it as it is"),
        "hide": _("Hide the item"),
        "show": _("Show the item again"),
        "end": _("End the auction"),
        "ban": _("Close the seller's account"),
        "unban": _("Open the account again"),
    }[action]


def browser_name(agent: str) -> str:
    """Such as "Firefox, Linux": what most people would call what they sit at."""
    browser = _first(agent, ("Edg", "OPR", "Firefox", "Chrome", "Safari", "curl"))
    system = _first(agent, ("Android", "iPhone", "iPad", "Windows", "Mac OS X", "Linux"))
    friendly = {"Edg": "Edge", "OPR": "Opera", "Mac OS X": "macOS"}
    words = [friendly.get(word, word) for word in (browser, system) if word]
    return ", ".join(words) or _("Unknown browser")


def _first(text: str, words: tuple[str, ...]) -> str | None:
    return next((word for word in words if word in text), None)


PHRASES = (
    kind_word,
    notice_word,
    mode_word,
    obstacle_word,
    status_word,
    step_action,
    side_word,
    rating_word,
    reason_word,
    action_word,
    browser_name,
)
"""What all templates may call."""
