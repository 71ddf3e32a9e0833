"""Who may read what of the books."""

import pytest

from tests.accounting_service.conftest import (
    HOUSE,
    OPERATOR_TOKEN,
    SAM,
    WEB_APP_TOKEN,
    Accounting,
)


@pytest.fixture
def sold(accounting: Accounting) -> Accounting:
    house = accounting.house
    eve = f"{HOUSE}/customers/eve"
    urls = [house.show("a"), house.show("b", "refunded"), house.show("c", seller=eve)]
    accounting.hear(*urls, house.show("d", currency="USD"))
    accounting.work()
    return accounting


def test_the_books_can_be_walked_by_links_from_the_root(sold: Accounting) -> None:
    root = sold.get("/").get_json()["_links"]
    balance = sold.get(root["balance"]["href"]).get_json()
    assert balance["dead_letters"] == 0
    sellers = sold.get(balance["_links"]["sellers"]["href"]).get_json()["_embedded"]["sellers"]
    owed = [(it["_links"]["seller"]["href"], it["owed"]) for it in sellers]
    assert owed == [
        (f"{HOUSE}/customers/eve", {"amount": "22.50", "currency": "EUR"}),
        (SAM, {"amount": "22.50", "currency": "EUR"}),
        (SAM, {"amount": "22.50", "currency": "USD"}),
    ]
    statement = sold.get(sellers[1]["_links"]["statement"]["href"]).get_json()
    assert [it["kind"] for it in statement["_embedded"]["lines"]] == [
        "refunded",
        "paid",
        "paid",
        "paid",
    ]
    assert statement["_embedded"]["lines"][0]["net"] == {"amount": "-22.50", "currency": "EUR"}
    table = sold.get(statement["_links"]["table"]["href"])
    assert len(table.text.splitlines()) == 5


@pytest.mark.parametrize("path", ["/balance", "/sellers", "/dead-letters"])
def test_all_of_the_books_are_for_the_operator(sold: Accounting, path: str) -> None:
    assert sold.get(path, OPERATOR_TOKEN).status_code == 200
    assert sold.get(path, WEB_APP_TOKEN).status_code == 403
    assert sold.get(path, "no-such-token").status_code == 401
    assert sold.client.get(path).status_code == 401


@pytest.mark.parametrize("path", ["/statements", "/statements.csv"])
def test_a_statement_is_for_who_may_read_statements(sold: Accounting, path: str) -> None:
    query = f"{path}?seller={SAM}"
    assert sold.get(query, WEB_APP_TOKEN).status_code == 200
    assert sold.get(query, "no-such-token").status_code == 401
    assert sold.client.get(query).status_code == 401


@pytest.mark.parametrize(
    "query",
    [
        "",
        "seller=",
        "seller=" + "x" * 1025,
        "seller=x&after=1",
        "seller=x&after=a-b",
        "seller=x&after=" + "9" * 40 + "-1",
        "seller=x&after=1-1%0A",
        "seller=%00",
    ],
)
def test_a_question_that_makes_no_sense_is_a_bad_request(sold: Accounting, query: str) -> None:
    assert sold.get(f"/statements?{query}").status_code in {400, 422}


def test_a_seller_of_whom_nothing_is_known_is_owed_nothing(sold: Accounting) -> None:
    document = sold.get("/statements?seller=http://elsewhere.test/nobody").get_json()
    assert document["owed"] == []
    assert document["_embedded"]["lines"] == []


def test_every_answer_is_described(sold: Accounting) -> None:
    document = sold.client.get("/openapi.json").get_json()
    paths = {"/", "/balance", "/sellers", "/dead-letters", "/statements", "/statements.csv"}
    assert set(document["paths"]) == paths


def test_its_metrics_tell_what_waits_and_what_people_must_look_at(sold: Accounting) -> None:
    sold.hear(sold.house.show("odd", amount="-1.00"))
    assert "accounting_waiting 1.0" in sold.client.get("/metrics").text
    sold.work()
    told = sold.client.get("/metrics").text
    assert "accounting_waiting 0.0" in told
    assert "accounting_dead_letters 1.0" in told
