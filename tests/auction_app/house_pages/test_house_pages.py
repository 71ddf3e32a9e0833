"""Help, contact, terms, privacy and imprint: shipped, then written by moderators."""

import re

import pytest

from auction_app.house_pages import terms
from auction_app.house_pages.terms import terms_version
from auction_app.web.house_pages import HOUSE_PAGES
from tests.auction_app.conftest import Browser, World, email_of, password_of
from tests.auction_app.moderation.test_trail import trail

EDIT = "/moderation/pages/terms"
TEXTS = {"text_en": "# Be kind\n\n[Law](https://law.example)", "text_de": "# Seien Sie nett"}
SAVE = TEXTS | {"note": "The law has changed.", "made_of": "0", "go": "save"}


@pytest.fixture
def mo(world: World) -> Browser:
    return world.moderator("Mo")


@pytest.mark.parametrize("name", HOUSE_PAGES)
def test_every_page_is_there_from_the_start_in_both_languages(world: World, name: str) -> None:
    english, german = (
        world.browser().get(f"/{name}", headers={"Accept-Language": language}).text
        for language in ("en", "de")
    )

    assert "Version 0-" in english
    assert "Fassung 0-" in german
    assert "<h1>" in english
    assert len(set(re.findall(r'href="/(\w+)"', english)) & set(HOUSE_PAGES)) == len(HOUSE_PAGES)


def test_they_are_linked_from_every_page_and_in_the_sitemap(world: World, mo: Browser) -> None:
    sitemap = world.browser().get("/sitemaps/pages").text
    pages = [mo.get(path).text for path in ("/", "/account", "/nothing", "/moderation")]

    for name in HOUSE_PAGES:
        assert world.parts.urls.absolute(f"/{name}") in sitemap
        assert all(f'href="/{name}"' in page for page in pages)


def test_a_moderator_previews_and_saves_and_everybody_reads_it(world: World, mo: Browser) -> None:
    preview = mo.post(EDIT, SAVE | {"go": "preview"}).text
    assert "<h2>Be kind</h2>" in preview
    assert "Be kind" not in world.browser().get("/terms").text

    assert mo.post(EDIT, SAVE).headers["Location"] == "/terms"

    shown = world.browser().get("/terms").text
    assert "<h2>Be kind</h2>" in shown
    assert "Version 1" in shown
    german = world.browser().get("/terms", headers={"Accept-Language": "de"}).text
    assert "<h2>Seien Sie nett</h2>" in german
    url = world.parts.urls.absolute("/terms/versions/1")
    assert trail(world) == [("Mo", "edit-page", url, "The law has changed.")]
    assert "Edit a page of the house" in mo.get("/moderation/trail").text


def test_every_version_can_be_read_and_says_that_it_is_old(world: World, mo: Browser) -> None:
    mo.post(EDIT, SAVE)
    mo.post(EDIT, SAVE | {"text_en": "# Be good", "made_of": "1"})

    old, new = (world.browser().get(f"/terms/versions/{n}").text for n in (1, 2))

    assert "Be kind" in old
    assert "This is an older version." in old
    assert "Be good" in new
    assert "older version" not in new
    assert "older version" in world.browser().get("/terms/versions/0").text
    for n in (3, 10**30):
        assert world.browser().get(f"/terms/versions/{n}").status_code == 404
    assert "Mo" in mo.get(EDIT).text


def test_of_two_who_write_at_once_the_second_is_told_and_keeps_the_text(
    world: World, mo: Browser
) -> None:
    assert "of the law" not in mo.get(EDIT).text
    mo.post(EDIT, SAVE)

    late = mo.post(EDIT, SAVE | {"text_en": "# Be late"})

    assert late.status_code == 422
    assert "Somebody has changed this page meanwhile" in late.text
    assert "# Be late" in late.text
    assert 'name="made_of" value="1"' in late.text
    assert "Be kind" in world.browser().get("/terms").text


def test_a_form_that_is_sent_twice_is_one_version(world: World, mo: Browser) -> None:
    assert [mo.post(EDIT, SAVE).status_code for _ in range(2)] == [303, 303]

    assert len(trail(world)) == 1
    assert world.browser().get("/terms/versions/2").status_code == 404


@pytest.mark.parametrize(
    "changes",
    [
        {"text_en": ""},
        {"text_de": " \n "},
        {"note": ""},
        {"text_en": "x" * 30_001},
        {"made_of": "1"},
        {"made_of": "x"},
    ],
)
def test_what_is_not_whole_changes_nothing(
    world: World, mo: Browser, changes: dict[str, str]
) -> None:
    assert mo.post(EDIT, SAVE | changes).status_code == 422

    assert trail(world) == []
    assert world.browser().get("/terms/versions/1").status_code == 404


def test_a_huge_page_is_refused_whole(mo: Browser) -> None:
    answer = mo.post(EDIT, SAVE | {"text_en": "[" * 2_000_000})

    assert answer.status_code == 413
    assert mo.post(EDIT, {"text_en": "x" * 300_000, "go": "preview"}).status_code == 200


def test_script_in_a_page_is_words(world: World, mo: Browser) -> None:
    text = "<script>alert(1)</script> [x](javascript:alert(1)) ![x](https://evil.test/x.png)"
    mo.post(EDIT, SAVE | {"text_en": text})

    shown = world.browser().get("/terms").text

    assert "<script>alert" not in shown
    assert 'href="javascript' not in shown
    assert '<img src="https://evil' not in shown


def test_to_others_these_forms_do_not_exist(world: World) -> None:
    eve = world.member("Eve")

    for path in ("/moderation/pages", EDIT):
        assert eve.get(path).status_code == 404
    assert eve.post(EDIT, SAVE).status_code == 404


def test_whoever_signs_up_accepts_the_version_that_was_shown(world: World, mo: Browser) -> None:
    ada = world.browser()
    page = ada.get("/sign-up").text
    shown = re.findall(r'name="terms" value="([^"]+)"', page)[0]
    assert '<a href="/terms">terms of use</a>' in page
    assert '<a href="/privacy">' in page
    mo.post(EDIT, SAVE)
    form = {"name": "Ada", "email": email_of("Ada"), "password": password_of("Ada")}

    for accepted in (shown, "", "2"):
        refused = ada.post("/sign-up", form | {"terms": accepted})
        assert refused.status_code == 422
        assert "The terms of use have changed." in refused.text
    assert ada.post("/sign-up", form | {"terms": "1"}).status_code == 200

    ada.sign_in("Ada")
    assert ada.get("/account/export").get_json()["account"]["terms_version"] == "1"
    assert terms_version(world.parts.store) == "1"


def terms_asked_for(browser: Browser, path: str = "/") -> str | None:
    """The version that the page wants to be accepted."""
    form = re.search(
        r'action="/account/terms">.*?name="terms" value="([^"]+)"',
        browser.get(path).text,
        re.DOTALL,
    )
    return form and form[1]


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Terms are looked at for each page, not twice a second."""
    monkeypatch.setattr(terms, "_GOOD_FOR_S", -1)


@pytest.mark.usefixtures("watched")
def test_members_are_asked_again_on_every_page_when_the_terms_change(
    world: World, mo: Browser
) -> None:
    ada, item = world.member("Ada"), world.member("Sam").list_item()
    for path in ("/", item, "/search"):
        ada.get(path)
        assert terms_asked_for(ada, path) is None
    mo.post(EDIT, SAVE)

    for path in ("/", item, "/search", "/account", "/my/bids"):
        assert terms_asked_for(ada, path) == "1"
        assert terms_asked_for(world.browser(), path) is None
    assert '<a href="/terms">terms of use</a>' in ada.get("/").text
    world.clock.pass_s(60)
    answer = ada.post("/account/terms", {"terms": "1", "next": item})

    assert answer.headers["Location"] == item
    assert terms_asked_for(ada, item) is None
    account = ada.get("/account/export").get_json()["account"]
    assert (account["terms_version"], account["terms_accepted_at_ms"]) == ("1", world.clock())
    assert terms_asked_for(mo) == "1"


@pytest.mark.usefixtures("watched")
def test_nobody_accepts_terms_that_they_were_not_shown(world: World, mo: Browser) -> None:
    ada = world.member("Ada")
    mo.post(EDIT, SAVE)
    mo.post(EDIT, SAVE | {"text_en": "# Be kinder", "made_of": "1"})

    for shown in ("1", "", "3", "0"):
        assert ada.post("/account/terms", {"terms": shown}).headers["Location"] == "/terms"
    assert terms_asked_for(ada) == "2"
    assert world.browser().post("/account/terms", {"terms": "2"}).status_code == 401
