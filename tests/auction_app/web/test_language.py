"""The visitor's language: chosen, kept, complete, and used for money and time."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

import auction_app
from auction_app.web.i18n import LANGUAGES, po_file
from tests.auction_app.conftest import World
from tests.auction_app.sale import sell

ROOT = Path(auction_app.__file__).parent.parent
TRANSLATED = [language for language in LANGUAGES if language != "en"]
JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
SPOKEN = re.compile(r'(?:alt|title|placeholder|aria-label)="([^"]*)"')
MARKUP = re.compile(r'[\w-]+="[^"]*"|<[^>]*>')
NAMES = {"Gavel"}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


def messages() -> dict[str, tuple[str, ...]]:
    """Every message in the code and the templates, with its plural where it has one."""
    with (ROOT / "auction_app" / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    keywords = {"_": None, "gettext": None, "ngettext": (1, 2), "plural": (1, 2)}
    found = extract_from_dir(ROOT, methods, options, keywords, ())
    texts = [message for _file, _line, message, _comments, _context in found]
    pairs = [text if isinstance(text, tuple) else (text,) for text in texts]
    return {pair[0]: pair for pair in pairs}


def translations(language: str) -> Catalog:
    with po_file(language).open("rb") as file:
        return read_po(file, locale=language)


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_message_lacks_its_translation(language: str) -> None:
    known = translations(language)
    holes = []
    for text in messages():
        message = known.get(text)
        strings = message.string if message else ""
        every = strings if isinstance(strings, tuple) else (strings,)
        if not all(every) or (message and message.fuzzy):
            holes.append(text)

    assert holes == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_translation_has_lost_its_message(language: str) -> None:
    used = messages()

    assert [m.id for m in translations(language) if m.id and _first(m.id) not in used] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_translation_fills_in_what_its_message_does(language: str) -> None:
    for message in translations(language):
        if not message.id:
            continue
        wanted = set(PLACEHOLDER.findall(_first(message.id)))
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        for text in strings:
            assert set(PLACEHOLDER.findall(_first(text))) == wanted, message.id


@pytest.mark.parametrize("template", sorted((ROOT / "auction_app" / "templates").rglob("*.html")))
def test_a_template_says_nothing_that_no_translator_saw(template: Path) -> None:
    bare = JINJA.sub(" ", template.read_text())

    words = re.findall(r"[^\W\d_]{2,}", " ".join([*SPOKEN.findall(bare), MARKUP.sub(" ", bare)]))

    assert set(words) <= NAMES


def _first(text: object) -> str:
    return str(text[0] if isinstance(text, (tuple, list)) else text)


def test_a_browser_gets_its_language_and_can_choose_another(world: World) -> None:
    stranger = world.browser()
    german = stranger.client.get("/", headers={"Accept-Language": "de-AT, en;q=0.5"})
    assert '<html lang="de">' in german.text
    assert "Accept-Language" in german.headers["Vary"]

    assert 'name="next" value="/rules"' in stranger.get("/language?next=/rules").text
    answer = stranger.post("/language/en", {"next": "/rules"})

    assert answer.headers["Location"] == "/rules"
    chosen = stranger.client.get("/rules", headers={"Accept-Language": "de"})
    assert '<html lang="en">' in chosen.text
    assert stranger.post("/language/xx").status_code == 404


def test_money_and_time_are_written_as_the_language_has_them(world: World) -> None:
    sale = sell(world)
    sale.ada.post("/account/profile", {"name": "Ada", "locale": "de", "time_zone": "Europe/Berlin"})

    page = sale.ada.get(sale.order).text

    assert "21,00\xa0$" in page
    assert "MEZ" in page or "MESZ" in page
    item = sale.sam.list_by_wizard(start_price="1234.50")
    assert "1.234,50\xa0$" in sale.ada.get(item).text
    assert "2.000,50\xa0$" in sale.ada.review(item, "2000,50").text


def test_a_british_reader_finds_days_and_hours_as_they_write_them(world: World) -> None:
    item = world.member("Sam").list_item()

    for accepted, said in (
        ("en-GB,en;q=0.8", "1 Oct 2026, 12:00 UTC"),
        ("en-us", "Oct 1, 2026, 12:00\u202fPM UTC"),
        ("en-IN", "Oct 1, 2026, 12:00\u202fPM UTC"),
        ("de-AT", "01.10.2026, 12:00 UTC"),
    ):
        page = world.browser().get(item, headers={"Accept-Language": accepted}).text
        assert said in page, accepted


def test_a_page_says_whether_its_times_may_follow_the_browser(world: World) -> None:
    ada = world.member("Ada")
    assert "data-zone-is-chosen" not in ada.get("/rules").text
    form = {"name": "Ada", "locale": "en", "time_zone": "Europe/Berlin"}
    ada.post("/account/profile", form)

    assert 'data-zone="Europe/Berlin" data-zone-is-chosen="1"' in ada.get("/rules").text
    assert '<span id="zone">Europe/Berlin</span>' in ada.get("/rules").text
