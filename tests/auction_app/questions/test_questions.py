"""Questions and answers on an item."""

import pytest

from tests.auction_app.conftest import MAILER_TOKEN, PUBLIC, Browser, World, as_program
from tests.auction_app.sale import close


def ask(world: World, item: str, asker: Browser, text: str = "Does it still work?") -> str:
    answer = asker.post(f"{item}/questions", {"question": text})
    assert answer.status_code == 303
    return "/questions/" + answer.headers["Location"].rsplit("question-", 1)[1]


def test_a_question_is_between_two_until_it_is_answered(world: World) -> None:
    sam, ada, bob = world.member("Sam"), world.member("Ada"), world.member("Bob")
    item = sam.list_item()

    question = ask(world, item, ada)

    assert "Does it still work?" in ada.get(item).text
    assert "Does it still work?" in sam.get(item).text
    assert "Does it still work?" not in bob.get(item).text
    assert bob.client.get(question, headers=as_program()).status_code == 404
    sam.post(f"{question}/answer", {"answer": "Like on the first day."})
    page = world.browser().get(item).text
    assert "Like on the first day." in page
    assert "Ada" not in page


def test_the_mailer_learns_who_asked_and_nobody_else(world: World) -> None:
    sam, ada = world.member("Sam"), world.member("Ada")
    question = ask(world, sam.list_item(), ada)
    client = world.app.test_client()

    known = client.get(question, headers=as_program(MAILER_TOKEN)).get_json()
    assert known["answer"] is None
    assert known["_links"]["asker"]["href"] == world.customer_url("Ada")
    assert known["_links"]["seller"]["href"] == world.customer_url("Sam")
    sam.post(f"{question}/answer", {"answer": "Yes."})
    public = client.get(question, headers=as_program()).get_json()

    assert public["answer"] == "Yes."
    assert "asker" not in public["_links"]
    assert [event for event in world.announced() if event[0] == "questions"] == [
        ("questions", "create", PUBLIC + question),
        ("questions", "update", PUBLIC + question),
    ]
    assert "A question about your item" in sam.get("/my/notices").text
    assert "Your question is answered" in ada.get("/my/notices").text


def test_only_the_seller_answers_and_only_once(world: World) -> None:
    sam, ada = world.member("Sam"), world.member("Ada")
    question = ask(world, sam.list_item(), ada)

    assert ada.post(f"{question}/answer", {"answer": "Yes."}).status_code == 404
    assert world.browser().post(f"{question}/answer", {"answer": "Yes."}).status_code == 401
    empty = sam.follow(sam.post(f"{question}/answer", {"answer": " "}))
    assert "An answer needs some text" in empty.text
    assert sam.post(f"{question}/answer", {"answer": "Yes."}).status_code == 303
    assert sam.post(f"{question}/answer", {"answer": "No."}).status_code == 409


def test_one_does_not_ask_oneself_nor_about_what_is_over(world: World) -> None:
    sam, ada = world.member("Sam"), world.member("Ada")
    item = sam.list_item()

    assert sam.post(f"{item}/questions", {"question": "?"}).status_code == 409
    assert ada.post(f"{item}/questions", {"question": ""}).status_code == 422
    assert ada.post(f"{item}/questions", {"question": "x" * 1001}).status_code == 422
    close(world, item)
    assert ada.post(f"{item}/questions", {"question": "?"}).status_code == 409


@pytest.mark.parametrize("text", ["", "x" * 1001])
def test_who_may_not_ask_is_told_that_and_nothing_about_the_text(world: World, text: str) -> None:
    sam, eve = world.member("Sam"), world.browser()
    item = sam.list_item()
    eve.sign_up("Eve")
    eve.sign_in("Eve")

    assert eve.post(f"{item}/questions", {"question": text}).status_code == 403
    assert sam.post(f"{item}/questions", {"question": text}).status_code == 409


def test_an_asker_needs_a_verified_address_and_some_patience(world: World) -> None:
    item = world.member("Sam").list_item()
    eve = world.browser()
    eve.sign_up("Eve")
    eve.sign_in("Eve")
    assert eve.post(f"{item}/questions", {"question": "?"}).status_code == 403
    ada = world.member("Ada")
    answers = [ada.post(f"{item}/questions", {"question": "?"}).status_code for _ in range(21)]

    assert answers == [303] * 20 + [429]
