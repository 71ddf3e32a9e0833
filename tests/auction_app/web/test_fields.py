"""What a text that people read may hold."""

import pytest

from auction_app.errors import BadInput
from auction_app.web.forms import Fields

RIGHT_TO_LEFT_OVERRIDE, POP = "\u202e", "\u202c"


@pytest.mark.parametrize("text", ["", " \n", "\u200b\u200b", "\u00a0\u2060", "\u0301", "\x00"])
def test_a_text_that_shows_nothing_is_missing(text: str) -> None:
    for read in (Fields.line, Fields.paragraphs):
        fields = Fields({"title": text})
        read(fields, "title", longest=80)
        with pytest.raises(BadInput):
            fields.finish()
        assert fields.errors == {"title": "missing"}


def test_a_text_turns_no_other_words_around() -> None:
    fields = Fields({"title": f"Lamp {RIGHT_TO_LEFT_OVERRIDE}gnp.exe{POP} 1931"})

    assert fields.line("title", longest=80) == "Lamp gnp.exe 1931"


@pytest.mark.parametrize(
    "text", ["Ada", "\u05e9\u05dc\u05d5\u05dd", "\U0001f468\u200d\U0001f469", "!"]
)
def test_whatever_can_be_seen_is_a_text(text: str) -> None:
    assert Fields({"title": text}).line("title", longest=80) == text
