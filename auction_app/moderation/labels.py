"""The visitor's words for reports, and for what moderators do."""

from auction_app.web.i18n import _


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


LABELS = (reason_word, action_word)
"""What all templates may call."""
