"""The pages that every house has to have and each fills in for itself."""

from auction_app.web.i18n import _

HOUSE_PAGES = ("help", "contact", "terms", "privacy", "imprint")
"""Their names, which are their addresses, too."""


def house_page_word(name: str) -> str:
    """What a page is called."""
    return {
        "help": _("Help"),
        "contact": _("Contact"),
        "terms": _("Terms of use"),
        "privacy": _("Privacy"),
        "imprint": _("Imprint"),
    }[name]
