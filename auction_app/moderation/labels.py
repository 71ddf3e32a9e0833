"""The visitor's words for reports, and for what moderators do."""

from auction_app.moderation.model import Decision
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
        "hide-message": _("Remove the message"),
        "show-message": _("Show the message again"),
        "ban": _("Close the seller's account"),
        "unban": _("Open the account again"),
        "lift": _("Lift the decision"),
        "uphold": _("Let the decision stand"),
        "edit-page": _("Edit a page of the house"),
        "look-again": _("Look again"),
        "reset-sign-in": _("Let a member sign in with the password alone"),
        "announce": _("Announce maintenance"),
        "end-maintenance": _("End maintenance"),
    }.get(action, action)


def trouble_word(trouble: str) -> str:
    """Why people have to look at a payment."""
    return {
        "amount": _("The provider took another amount than was asked for"),
        "currency": _("The provider took another currency than was asked for"),
        "order": _("The order has another total than what was paid"),
    }.get(trouble, _("The provider refuses"))


def decision_word(decision: Decision) -> str:
    """What was decided."""
    if decision.message_id is not None:
        return _("The message was removed")
    return {
        "hide": _("The item was removed"),
        "end": _("The auction was ended"),
        "ban": _("The account was closed"),
    }[decision.action]


def decision_state(decision: Decision) -> str:
    """Where it stands."""
    if not decision.in_force:
        return _("Lifted")
    if decision.waits:
        return _("An appeal is being looked at")
    return _("It stands after an appeal") if decision.answered_at_ms else _("In force")


LABELS = (reason_word, action_word, decision_word, decision_state, trouble_word)
"""What all templates may call."""
