"""What buyer and seller write to each other about an order, and what moderators do about it."""

import re

import pytest

from tests.auction_app.conftest import (
    MAILER_TOKEN,
    PUBLIC,
    Browser,
    World,
    as_program,
    password_of,
    path_of,
)
from tests.auction_app.sale import Sale, cancel, sell

DAY_S = 24 * 3600


def write(sale: Sale, author: Browser, text: str = "When does it go out?") -> str:
    """The path of the message."""
    answer = author.post(f"{sale.order}/messages", {"message": text})
    assert answer.status_code == 303, answer.text
    written = re.findall(r'id="message-(\w+)"', author.get(sale.order).text)[-1]
    return f"/messages/{written}"


def report(sale: Sale, message: str) -> None:
    form = {"reason": "offensive", "text": "He insults me."}
    assert "When does" in sale.sam.get(f"{message}/report").text
    assert sale.sam.post(f"{message}/report", form).status_code == 303


def test_both_sides_read_who_wrote_what_the_newest_last(world: World) -> None:
    sale = sell(world)
    assert "No messages yet." in sale.ada.get(sale.order).text

    write(sale, sale.ada, "When does it go out?\nMonday?")
    write(sale, sale.sam, "On Tuesday.")
    write(sale, sale.ada, "Fine.")

    for browser in (sale.ada, sale.sam):
        page = browser.get(sale.order).text
        assert "When does it go out?\nMonday?" in page
        assert page.index("Monday?") < page.index("On Tuesday.") < page.index("Fine.")
        assert re.findall(r"<strong><bdi>(\w+)</bdi></strong> <small", page) == [
            "Ada",
            "Sam",
            "Ada",
        ]
        assert "<time" in page.partition('id="messages"')[2]


def test_a_message_is_news_for_the_other_side_alone(world: World) -> None:
    sale = sell(world)

    message = write(sale, sale.ada)

    assert "A message about your order" in sale.sam.get("/my/notices").text
    assert "A message about your order" not in sale.ada.get("/my/notices").text
    assert ("messages", "create", PUBLIC + message) in world.announced()
    told = world.app.test_client().get(message, headers=as_program(MAILER_TOKEN)).get_json()
    assert told["text"] == "When does it go out?"
    assert (told["by"], told["removed"]) == ("buyer", False)
    assert told["_links"]["author"]["href"] == world.customer_url("Ada")
    assert told["_links"]["addressee"]["href"] == world.customer_url("Sam")


def test_the_mails_have_a_switch_of_their_own(world: World) -> None:
    sale = sell(world)
    assert "I get a message about an order" in sale.ada.get("/account/notices").text
    contact = path_of(world.customer_url("Ada"))
    client = world.app.test_client()
    known = client.get(contact, headers=as_program(MAILER_TOKEN)).get_json()
    one_click = path_of(known["_links"]["unsubscribe"]["href"].replace("{kind}", "message"))

    assert client.post(one_click, data={"List-Unsubscribe": "One-Click"}).status_code == 200

    known = client.get(contact, headers=as_program(MAILER_TOKEN)).get_json()
    assert known["notices"]["message"] == "off"
    assert known["notices"]["order"] == "at_once"


def test_sent_twice_it_is_one_message_but_may_be_said_again_later(world: World) -> None:
    sale = sell(world)
    write(sale, sale.ada, "Hello?")
    write(sale, sale.sam, "Yes?")
    write(sale, sale.ada, "Hello?")
    world.clock.pass_s(61)
    write(sale, sale.ada, "Hello?")

    assert sale.sam.get(sale.order).text.count('<p class="prose">Hello?</p>') == 2
    assert sale.sam.get("/my/notices").text.count("A message about your order") == 2


@pytest.mark.parametrize(("text", "why"), [("", "Please fill this in."), ("x" * 2001, "too long")])
def test_a_message_has_words_and_an_end(world: World, text: str, why: str) -> None:
    sale = sell(world)

    answer = sale.ada.post(f"{sale.order}/messages", {"message": text})

    assert answer.status_code == 422
    assert why in answer.text
    assert sale.ada.post(f"{sale.order}/messages", {"message": "ü" * 2000}).status_code == 303


def test_nobody_else_reads_or_writes_or_reports_them(world: World) -> None:
    sale = sell(world)
    message = write(sale, sale.ada)
    mo, stranger = world.moderator("Mo"), world.browser()

    for browser in (sale.bob, mo):
        for path in (f"{sale.order}/messages", message, f"{message}/report"):
            assert browser.get(path).status_code == 404, path
            assert browser.client.get(path, headers=as_program()).status_code == 404
        assert browser.post(f"{sale.order}/messages", {"message": "x"}).status_code == 404
        assert (
            browser.post(f"{message}/report", {"reason": "other", "text": "x"}).status_code == 404
        )
    assert mo.get(f"/moderation{message}").status_code == 404
    assert sale.ada.get(f"{message}/report").status_code == 404
    assert stranger.get(message).status_code == 401
    for missing in ("/messages/nothing", "/moderation/messages/nothing"):
        assert mo.get(missing).status_code == 404


def test_an_hour_takes_thirty_of_one_side(world: World) -> None:
    sale = sell(world)

    answers = [
        sale.ada.post(f"{sale.order}/messages", {"message": f"{number}"}).status_code
        for number in range(31)
    ]

    assert answers == [303] * 30 + [429]
    page = sale.sam.get(sale.order).text
    assert page.count('id="message-') == 20
    assert "All messages" in page
    write(sale, sale.sam, "Please wait.")


def test_a_program_reads_them_a_page_at_a_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("auction_app.orders.views.messages.PAGE", 2)
    sale = sell(world)
    paths = [write(sale, sale.ada, f"Number {number}") for number in range(3)]
    order = sale.sam.client.get(sale.order, headers=as_program()).get_json()
    here = path_of(order["_links"]["messages"]["href"])

    first = sale.sam.client.get(here, headers=as_program()).get_json()
    rest = path_of(first["_links"]["next"]["href"])
    second = sale.sam.client.get(rest, headers=as_program()).get_json()

    found = first["_embedded"]["messages"] + second["_embedded"]["messages"]
    assert [one["text"] for one in found] == ["Number 0", "Number 1", "Number 2"]
    assert [path_of(one["_links"]["self"]["href"]) for one in found] == paths
    assert "next" not in second["_links"]
    assert "Number 1" in sale.sam.get(here).text
    assert "Number 2" in sale.sam.get(rest).text
    there = sale.sam.follow(sale.sam.get(paths[2])).text
    assert "Number 2" in there
    assert "Number 1" not in there


def test_it_is_read_only_ninety_days_after_it_is_over(world: World) -> None:
    sale = sell(world)
    cancel(sale)
    world.clock.pass_s(90 * DAY_S - 60)
    for browser, name in ((sale.ada, "Ada"), (sale.sam, "Sam")):
        browser.sign_in(name)
    write(sale, sale.ada, "One last word.")
    world.clock.pass_s(60)

    page = sale.sam.get(sale.order).text

    assert "One last word." in page
    assert "Nobody can write here any more" in page
    assert 'name="message"' not in page
    assert sale.sam.post(f"{sale.order}/messages", {"message": "No."}).status_code == 409


def test_a_closed_account_writes_nothing(world: World) -> None:
    sale = sell(world)
    seller = path_of(world.customer_url("Sam"))
    world.moderator("Mo").post(f"/moderation{seller}", {"action": "ban", "note": "Fakes."})

    assert sale.sam.post(f"{sale.order}/messages", {"message": "x"}).status_code == 401

    assert "No messages yet." in sale.ada.get(sale.order).text


def test_the_words_leave_with_their_account_and_are_in_its_export(world: World) -> None:
    sale = sell(world)
    message = write(sale, sale.ada, "I live in Mill Lane.")
    document = sale.ada.get("/account/export").get_json()
    (sent,) = document["messages"]
    assert (sent["order"], sent["text"]) == (PUBLIC + sale.order, "I live in Mill Lane.")
    cancel(sale)

    assert sale.ada.post("/account/delete", {"password": password_of("Ada")}).status_code == 303

    page = sale.sam.get(sale.order).text
    assert "Mill Lane" not in page
    assert "This account was deleted, and with it what it wrote." in page
    assert sale.sam.post(f"{sale.order}/messages", {"message": "Are you there?"}).status_code == 409
    told = sale.sam.client.get(message, headers=as_program()).get_json()
    assert (told["text"], told["removed"]) == (None, False)


def test_a_moderator_sees_a_reported_message_with_its_order_and_removes_it(world: World) -> None:
    sale, mo = sell(world), world.moderator("Mo")
    message = write(sale, sale.ada)
    report(sale, message)
    queue = mo.get("/moderation").text
    assert "Reported messages" in queue
    assert "He insults me." in queue
    page = mo.get(f"/moderation{message}").text
    for seen in ("When does it go out?", "Brass desk lamp", "He insults me.", "Ada", "Sam"):
        assert seen in page
    assert mo.post(f"/moderation{message}", {"action": "hide", "note": "x"}).status_code == 422

    act = {"action": "hide-message", "note": "Rule 4."}
    assert mo.post(f"/moderation{message}", act).status_code == 303

    for browser in (sale.ada, sale.sam):
        seen_by = browser.get(sale.order).text
        assert "This message was removed by the house." in seen_by
        assert "When does it go out?" not in seen_by
        told = browser.client.get(message, headers=as_program()).get_json()
        assert (told["text"], told["removed"]) == (None, True)
    assert "He insults me." not in mo.get("/moderation").text
    trail = mo.get("/moderation/trail").text
    assert "Remove the message" in trail
    assert message in trail
    assert "Your report was looked at" in sale.sam.get("/my/notices").text
    mo.post(f"/moderation{message}", {"action": "show-message", "note": "A mistake."})
    assert "When does it go out?" in sale.sam.get(sale.order).text


def test_who_wrote_what_was_removed_is_told_why_and_may_appeal_once(world: World) -> None:
    sale, mo = sell(world), world.moderator("Mo")
    message = write(sale, sale.ada)
    report(sale, message)
    act = {"action": "hide-message", "note": "Rule 4."}
    for _twice in range(2):
        mo.post(f"/moderation{message}", act)

    news = sale.ada.get("/my/notices").text
    assert news.count("We have removed a message of yours") == 1
    assert "We have removed a message" not in sale.sam.get("/my/notices").text
    (decision,) = re.findall(r'href="(/decisions/\w+)"', news)
    page = sale.ada.get(decision).text
    for seen in ("The message was removed", "Rule 4.", "When does it go out?", "Brass desk lamp"):
        assert seen in page
    assert "Bidding is stopped" not in page
    assert sale.sam.get(decision).status_code == 404
    assert sale.sam.get(sale.item).status_code == 200  # the item has nothing to do with it
    sale.ada.post(decision, {"text": "I only asked."})
    assert sale.ada.post(decision, {"text": "Again."}).status_code == 409

    mo.post(f"/moderation{decision}", {"action": "lift", "note": "Right."})

    assert "When does it go out?" in sale.sam.get(sale.order).text
    assert "A message of yours can be read again" in sale.ada.get("/my/notices").text
    told = [url for topic, _, url in world.announced() if topic == "statements"]
    mailer = {"headers": as_program(MAILER_TOKEN)}
    documents = [world.browser().client.get(path_of(url), **mailer).get_json() for url in told]
    kinds = [one["kind"] for one in documents]
    assert kinds == ["message-removed", "report-decided", "message-shown"]


def test_a_german_reader_reads_all_of_it_in_german(world: World) -> None:
    sale = sell(world, language="de")
    page = sale.ada.post(f"{sale.order}/messages", {"message": " "}).text

    assert "Dem Verkäufer schreiben" in page
    assert "Nachricht senden" in page
    assert "Noch keine Nachrichten." in page
