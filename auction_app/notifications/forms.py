"""Which mails a customer chooses."""

from collections.abc import Mapping

from auction_app.errors import BadInput
from auction_app.notifications.model import KINDS, MODES


def read_modes(typed: Mapping[str, str]) -> dict[str, str]:
    """The mode of every kind that a form names. Raises BadInput."""
    chosen: dict[str, str] = {kind: typed[kind] for kind in KINDS if kind in typed}
    if bad := {kind: "not_a_mode" for kind, mode in chosen.items() if mode not in MODES}:
        raise BadInput(bad)
    return chosen
