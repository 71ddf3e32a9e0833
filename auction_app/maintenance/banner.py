"""What a page says of maintenance, in its reader's language."""

from markupsafe import Markup

from auction_app.maintenance.board import Board
from auction_app.web.formats import moment
from auction_app.web.i18n import _, language


def banner(board: Board) -> Markup:
    """A paragraph, or nothing."""
    planned = board.current()
    if planned is None:
        return Markup()
    when = Markup(_("Planned maintenance from %(since)s to %(until)s:")) % {  # noqa: S704 - ours
        "since": moment(planned.from_ms),
        "until": moment(planned.until_ms),
    }
    words = planned.words[language()]
    return Markup('<p class="notice warn"><strong>{}</strong> {}</p>').format(when, words)
