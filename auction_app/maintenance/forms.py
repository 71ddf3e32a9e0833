"""What moderators type about maintenance."""

from dataclasses import dataclass

from auction_app.maintenance.model import LONGEST_WORDS
from auction_app.web.forms import Form, line, local_time


@dataclass(frozen=True, kw_only=True)
class MaintenanceForm(Form):
    """From when until when (ms), and what everybody is told."""

    starts: int = local_time()
    until: int = local_time()
    words_en: str = line(longest=LONGEST_WORDS)
    words_de: str = line(longest=LONGEST_WORDS)
