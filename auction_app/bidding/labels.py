"""The visitor's words for the parts of the list of one's bids."""

from auction_app.web.i18n import _


def bids_label(state: str) -> str:
    """Which part of one's bids is shown."""
    return {
        "winning": _("Winning"),
        "outbid": _("Outbid"),
        "won": _("Won"),
        "lost": _("Not won"),
    }[state]


LABELS = (bids_label,)
"""What all templates may call."""
