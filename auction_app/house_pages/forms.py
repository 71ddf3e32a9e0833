"""What a moderator writes into a page of the house."""

from dataclasses import dataclass

from auction_app.house_pages.model import LONGEST_TEXT
from auction_app.web.forms import Form, as_typed, line, paragraphs


@dataclass(frozen=True, kw_only=True)
class HousePageForm(Form):
    """The text in each language, why it changes, and of which version it was made."""

    text_en: str = paragraphs(longest=LONGEST_TEXT)
    text_de: str = paragraphs(longest=LONGEST_TEXT)
    note: str = line(longest=500)
    made_of: str = as_typed()

    @property
    def texts(self) -> dict[str, str]:
        """By language."""
        return {"en": self.text_en, "de": self.text_de}
