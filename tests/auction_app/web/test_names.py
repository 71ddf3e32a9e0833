"""Names that people can see, that lead nowhere, and that are not the house's."""

import pytest
from marshmallow import ValidationError

from auction_app.web.names import check_name, is_of_the_house
from tests.auction_app.conftest import World, email_of


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("\u3164", "name_unreadable"),
        ("Mar\u200btha", "name_unreadable"),
        ("Mar\u00adtha", "name_unreadable"),
        ("\u2800\u2800", "name_unreadable"),
        ("Ada\U000e0041", "name_unreadable"),
        ("\ufeffAda", "name_unreadable"),
        ("\ue000", "name_unreadable"),
        ("A\u0336\u0337\u0338da", "name_unreadable"),
        ("\U0001d159", "name_unreadable"),
        ("Mar\U00016fe4tha", "name_unreadable"),
        ("Ada\ufffc", "name_unreadable"),
        ("claim it: https://prize.example/x", "name_leads_elsewhere"),
        ("prize.example", "name_leads_elsewhere"),
        ("prize\uff0eexample", "name_leads_elsewhere"),
        ("prize。example", "name_leads_elsewhere"),
        ("WWW prize", "name_leads_elsewhere"),
        ("ada@example.org", "name_leads_elsewhere"),
        ("hxxp://prize", "name_leads_elsewhere"),
        ("prize[.]example", "name_leads_elsewhere"),
        ("prize (dot) example", "name_leads_elsewhere"),
        ("Prize punkt Example", "name_leads_elsewhere"),
        ("prize .example", "name_leads_elsewhere"),
        ("prize\u2022example", "name_leads_elsewhere"),
        ("ada [at] example", "name_leads_elsewhere"),
        ("prize at 203.0.113.7", "name_leads_elsewhere"),
        ("call +49 170 1234567", "name_leads_elsewhere"),
        ("0170-123 45 67", "name_leads_elsewhere"),
        ("\u2460\u2467\u24ea\u24ea \uff15\uff15\uff15 \u0661\u0662\u0663", "name_leads_elsewhere"),
        ("M\u0430rtha", "name_mixed"),
        ("Ada P\u03b1pa", "name_mixed"),
        ("\ua4d6avel", "name_mixed"),
        ("M\u13aartha", "name_mixed"),
    ],
)
def test_a_name_that_deceives_is_refused(name: str, word: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        check_name(name)

    assert refusal.value.messages == [word]


@pytest.mark.parametrize(
    "name",
    ["Ada", "J. R. R. Tolkien", "J.R.R. Tolkien", "Zoë O'Brien-Smith", "José María", "王小明",
     "Владимир", "Γιώργος", "さくらAda", "Ms. Smith", "Ada 🎸", "गौरव", "Nguyễn Thị", "50 % off",
     "Dr. Ann", "Ann 1985", "Dot Cotton", "Flat 12, 1010 Wien", "Treffpunkt (Graz)"],
)  # fmt: skip
def test_a_name_of_any_language_is_taken_as_it_is(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Ada \u2764\ufe0f", "Ada \u2764"),
        ("Martha\U000e0100", "Martha"),
        ("葛\U000e0101城", "葛城"),
        ("Mar\u180btha\u180f", "Martha"),
    ],
)
def test_what_only_says_how_a_sign_looks_is_left_out(name: str, kept: str) -> None:
    assert check_name(name) == kept


@pytest.mark.parametrize(
    "name",
    ["Gavel", "gavel support", "GAVEL-Team", "Supp0rt", "Admin", "The Administrator", "Moderat0r",
     "\uff27\uff41\uff56el", "G a v e l", "Staff", "S.y.s.t.e.m", "Nora", "nora", "N0ra",
     "Nóra", "N-o-r-a",
     "\u0262\u1d00\u1d20\u1d07\u029f", "\ua4d6\ua4ee\ua4e6\ua4f0\ua4e1",
     "\u13c0\u13aa\u13d9\u13ac\u13de", "\U0001d406avel", "\U0001f176\U0001f170vel",
     "Sta\u0192\u0192", "\u01e4avel", "\u0193avel", "\u014bora", "\u039d\u039f\u211d\u0391",
     "\u039c\u039f\u039d\u0399\u039a\u0391", "Customer Service", "Kundendienst"],
)  # fmt: skip
def test_a_twin_of_the_house_or_of_its_staff_is_recognised(name: str) -> None:
    assert is_of_the_house(name, staff=["Nora", "Monika"])


@pytest.mark.parametrize("name", ["Ada", "Dr. House", "Norah", "Team Ada", "Helpful", "Badminton"])
def test_other_names_are_nobodys(name: str) -> None:
    assert not is_of_the_house(name, staff=["Nora"])


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "looks like a name of the house"), ("de", "sieht wie ein Name des Hauses aus")],
)
def test_nobody_signs_up_or_is_called_later_like_a_moderator(
    world: World, language: str, words: str
) -> None:
    mod, eve = world.moderator("Nora"), world.member("Eve", language=language)
    stranger = world.browser()
    stranger.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language

    refused = stranger.post(
        "/sign-up", {"name": "N0RA", "email": email_of("Mallory"), "password": "a long enough one"}
    )
    changed = eve.post("/account/profile", {"name": "Nóra", "locale": language})
    kept = mod.post("/account/profile", {"name": "Nora", "locale": "en"})

    assert [refused.status_code, changed.status_code, kept.status_code] == [422, 422, 303]
    assert words in refused.text
    assert words in changed.text
