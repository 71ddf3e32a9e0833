"""The visitor's words for kinds of notices, and for when their mails come."""

from auction_app.web.i18n import _


def kind_word(kind: str) -> str:
    """What a kind of news is about."""
    return {
        "new-bid": _("Somebody bids on my item"),
        "outbid": _("I am outbid"),
        "ending-soon": _("An item I watch ends soon"),
        "won": _("Auction won"),
        "lost": _("Auction lost"),
        "sold": _("My item is sold"),
        "unsold": _("My item is not sold"),
        "question": _("Somebody asks about my item"),
        "answer": _("My question is answered"),
        "order": _("Something happens with an order"),
        "message": _("I get a message about an order"),
        "second-chance": _("I get a second chance"),
        "saved-search": _("Something new matches a saved search"),
        "new-listing": _("A seller whom I follow lists something"),
    }[kind]


def notice_word(kind: str) -> str:
    """One piece of news, before the item's title."""
    return {
        "new-bid": _("New bid on your item"),
        "outbid": _("You have been outbid"),
        "ending-soon": _("Ends soon"),
        "won": _("You have won"),
        "bought": _("You bought it"),
        "lost": _("You didn't win"),
        "sold": _("Your item is sold"),
        "unsold": _("Your item was not sold"),
        "question": _("A question about your item"),
        "answer": _("Your question is answered"),
        "order": _("News about your order"),
        "message": _("A message about your order"),
        "second-chance": _("A second chance for you"),
        "item-removed": _("We have removed your item"),
        "decision-lifted": _("Our decision is lifted"),
        "appeal-rejected": _("Our decision stands"),
        "bidding-stopped": _("The bidding is stopped"),
        "bidding-resumed": _("The bidding goes on"),
        "auction-ended": _("We have ended the auction"),
        "bids-removed": _("We have removed bids"),
        "account-closed": _("We have closed your account"),
        "report-decided": _("Your report was looked at"),
        "message-removed": _("We have removed a message of yours"),
        "message-shown": _("A message of yours can be read again"),
        "message-stays": _("A message of yours stays removed"),
        "saved-search": _("New in your saved search"),
        "new-listing": _("New from a seller you follow"),
    }[kind]


def mode_word(mode: str) -> str:
    """When a kind of mail comes."""
    return {"at_once": _("At once"), "daily": _("Once a day"), "off": _("Never")}[mode]


LABELS = (kind_word, notice_word, mode_word)
"""What all templates may call."""
