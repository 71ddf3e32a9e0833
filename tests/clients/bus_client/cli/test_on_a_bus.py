"""The verbs against a real bus and its pusher, from a token to a redriven letter."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bus.receiver import Delivery, Receiver, Reply
from tests.bus.serving import ROOT_KEY, Served
from tests.clients.bus_client.cli.calling import Call, Said, bus, calls, rows
from tests.waiting import wait_for

pytestmark = pytest.mark.slow

WIDGET = "https://shop.example/widgets/{}"


def subscribe(stock: Call, receiver: Receiver, *options: str, topic: str = "widgets") -> Said:
    where = ("--callback", receiver.url, "--uuid", "u-1")
    return stock("subscribe", "main", "--topic", topic, *where, *options)


def delivered(receiver: Receiver, url: str) -> bool:
    return url in receiver.urls


def test_a_client_from_its_token_to_its_first_event(
    operator: Call, served: Served, receiver: Receiver
) -> None:
    made = operator("tokens", "create", "newcomer")
    assert "shown this once" in made.err
    newcomer = calls(served, made.out.strip())
    assert "newcomer" in operator("tokens").out
    assert subscribe(newcomer, receiver, topic="gadgets").status == 0
    assert newcomer("topics", "claim", "gadgets").status == 0
    assert "published 1 event" in newcomer("publish", "gadgets", "create", WIDGET.format(1)).out
    wait_for(lambda: delivered(receiver, WIDGET.format(1)))
    topic = next(row for row in rows(newcomer("topics", "--json")) if row["name"] == "gadgets")
    assert (topic["publisher"], topic["events"]) == ("newcomer", 1)
    assert 'topic="gadgets"' in newcomer("metrics").out
    assert any(
        row["name"] == "bus_published_events_total" for row in rows(newcomer("metrics", "--json"))
    )
    assert newcomer("unsubscribe", "main", "--yes").status == 0
    assert newcomer("topics", "delete", "gadgets").status == 0


def test_a_topic_is_shown_with_its_schema_an_example_and_how_to_get_it(shop: Call) -> None:
    schema = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}
    claimed = shop(
        "topics",
        "claim",
        "told",
        "--description",
        "News.",
        "--schema",
        "-",
        stdin=json.dumps(schema),
    )
    assert claimed.status == 0
    said = shop("topics", "show", "told").out
    for words in ("News.", "integer", "gavel.told.create", "bus subscribe NAME --topic told"):
        assert words in said
    refused = shop("publish", "told", "create", WIDGET.format(1))
    assert (refused.status, refused.err.count("\n")) == (1, 1)
    assert "it has no data" in refused.err
    document = json.loads(shop("topics", "asyncapi", "told").out)
    assert set(document["operations"]) == {"publish-told", "deliver-told"}
    assert "told" in json.loads(shop("topics", "asyncapi").out)["channels"]
    assert shop("topics", "delete", "told").status == 0
    bad = shop("topics", "claim", "told", "--schema", "-", stdin='{"type": "x"}')
    assert (bad.status, bad.err.count("\n")) == (1, 1)


def test_events_of_a_file_are_published_by_the_thousand(shop: Call) -> None:
    events = [json.dumps({"type": "create", "url": WIDGET.format(n)}) for n in range(1200)]
    said = shop("publish", "many", "--from", "-", "--key", "k1", stdin="\n".join(events))
    assert "published 1,200 events" in said.out
    again = shop("publish", "many", "--from", "-", "--key", "k1", stdin="\n".join(events))
    assert again.status == 0
    assert (
        next(row for row in rows(shop("topics", "--json")) if row["name"] == "many")["events"]
        == 1200
    )
    other = shop("publish", "many", "create", WIDGET.format(1), "--key", "k1")
    assert (other.status, "422" in other.err) == (1, True)


def test_a_subscription_is_paused_moved_edited_and_removed(
    shop: Call, stock: Call, receiver: Receiver
) -> None:
    assert subscribe(stock, receiver).out.startswith("whsec_")
    assert "main is paused" in stock("subscriptions", "pause", "main").out
    shop("publish", "widgets", "create", WIDGET.format("paused"))
    assert rows(stock("subscriptions", "--json"))[0]["waiting"] == 1
    assert stock("subscriptions", "resume", "main").status == 0
    wait_for(lambda: delivered(receiver, WIDGET.format("paused")))
    wait_for(lambda: rows(stock("subscriptions", "--json"))[0]["waiting"] == 0)
    preview = stock("subscriptions", "seek", "main", "-1", "--dry-run")
    assert WIDGET.format("paused") in preview.out
    assert (
        rows(stock("subscriptions", "seek", "main", "now", "--dry-run", "--json"))[0]["events"] == 0
    )
    stock("subscriptions", "pause", "main")  # or it may be delivered before the answer tells of it
    assert "1 event ahead" in stock("subscriptions", "seek", "main", "-1").out
    assert stock("subscriptions", "resume", "main").status == 0
    wait_for(lambda: receiver.urls.count(WIDGET.format("paused")) == 2)
    edited = stock("subscriptions", "edit", "main", "--uuid", "u-1", "--max", "7", "--json")
    assert rows(edited)[0]["settings"]["max"] == 7
    assert rows(edited)[0]["topics"] == ["widgets"]
    shown = stock("subscriptions", "show", "main").out
    assert "max" in shown
    assert stock("subscriptions", "rotate", "main").out.startswith("whsec_")
    assert "main is gone" in stock("subscriptions", "remove", "main", "--yes").out
    gone = stock("subscriptions", "show", "main")
    assert (gone.status, gone.err.count("\n")) == (1, 1)


def test_who_runs_the_bus_sees_and_mends_everybodys(
    operator: Call, stock: Call, receiver: Receiver
) -> None:
    subscribe(stock, receiver)
    assert "stock" in operator("subscriptions").out
    assert "main is paused" in operator("--client", "stock", "subscriptions", "pause", "main").out
    assert rows(stock("subscriptions", "--json"))[0]["state"] == "paused"


def test_what_one_entity_fails_with_is_seen_and_redriven(
    shop: Call, stock: Call, receiver: Receiver, served: Served
) -> None:
    poison = WIDGET.format("poison")

    def decide(delivery: Delivery) -> Reply:
        bad = [event["id"] for event in delivery.events if event["url"] == poison]
        return Reply(200, json.dumps({"failed": bad}).encode())

    receiver.decide = decide
    subscribe(stock, receiver)
    impatient = {"first_ms": 100, "longest_ms": 100, "parked_ms": [100]}
    _settle_for(served, receiver, impatient)
    shop("publish", "widgets", "create", poison)
    shop("publish", "widgets", "create", WIDGET.format("good"))
    letter = wait_for(lambda: rows(stock("dead-letters", "main", "--json")))[0]
    assert letter["event"]["url"] == poison
    assert poison in stock("dead-letters", "main").out
    assert poison in stock("dead-letters", "show", "main", str(letter["id"])).out
    attempt = wait_for(lambda: rows(stock("attempts", "main", "--json")))[0]
    shown = stock("attempts", "show", "main", str(attempt["id"])).out
    assert "sent:" in shown
    assert "no attempt 999999999" in stock("attempts", "show", "main", "999999999").err
    assert rows(stock("attempts", "main", "--status", "404", "--json")) == []
    assert "bus: " in stock("attempts", "main", "--status", "nonsense").err
    told = rows(stock("attempts", "main", "--url", poison, "--since", "1h", "--json"))
    receiver.decide = lambda _: Reply(500)
    refused = stock("attempts", "resend", "main", str(told[0]["id"]))
    assert (refused.status, "did not take attempt" in refused.err) == (1, True)
    receiver.decide = lambda _: Reply()
    assert (
        f"main took attempt {told[0]['id']}: 204"
        in stock("attempts", "resend", "main", str(told[0]["id"])).out
    )
    assert "nothing parked" in stock("parked", "retry", "main", "--all").err
    assert "1 letter on the way" in stock("redrive", "main", str(letter["id"])).out
    wait_for(lambda: rows(stock("dead-letters", "main", "--json")) == [])
    assert "no dead letter" in stock("redrive", "main", "--all").err


def test_a_parked_entity_is_tried_now(
    shop: Call, stock: Call, receiver: Receiver, served: Served
) -> None:
    receiver.decide = lambda one: Reply(500 if WIDGET.format("poison") in one.urls else 204)
    subscribe(stock, receiver)
    _settle_for(served, receiver, {"first_ms": 100, "longest_ms": 100, "parked_ms": [600_000]})
    for name in ("poison", "good", "better"):
        shop("publish", "widgets", "create", WIDGET.format(name))
    parked = wait_for(lambda: rows(stock("parked", "main", "--json")))[0]
    assert parked["url"] in stock("parked", "main").out
    receiver.decide = lambda _: Reply()
    assert "1 entity is tried now" in stock("parked", "retry", "main", parked["url"]).out
    wait_for(lambda: rows(stock("parked", "main", "--json")) == [])


def _settle_for(served: Served, receiver: Receiver, retry: dict[str, object]) -> None:
    from bus_client import BusClient

    with BusClient(served.url, served.token("stock")) as client:
        client.subscriptions.put(
            "main", topics=["widgets"], callback=receiver.url, uuid="u-1", retry=retry
        )


def test_a_test_event_says_how_it_was_answered(stock: Call, receiver: Receiver) -> None:
    subscribe(stock, receiver)
    assert "took the test event: 204" in stock("subscriptions", "test", "main").out
    receiver.statuses = [500]
    refused = stock("subscriptions", "test", "main")
    assert refused.status == 1
    assert "did not take the test event: 500" in refused.err


@pytest.mark.parametrize(
    ("reply", "said", "do"),
    [
        (401, "refuses the credentials", "`bus subscriptions rotate main`"),
        (404, "nothing at the callback's path", "`bus subscriptions edit main`"),
        (302, "redirects", "Make the last address the callback"),
        (500, "broke down over the delivery (500)", "the endpoint's log"),
    ],
)
def test_the_doctor_says_what_an_answer_means(
    stock: Call, receiver: Receiver, reply: int, said: str, do: str
) -> None:
    receiver.decide = lambda _: Reply(reply)
    subscribe(stock, receiver)
    told = stock("doctor", "main")
    assert told.status == 1
    assert said in told.out
    assert do in told.out


def test_the_doctor_finds_nothing_wrong_with_who_is_well(
    stock: Call, shop: Call, receiver: Receiver
) -> None:
    shop("publish", "widgets", "create", WIDGET.format(1))
    subscribe(stock, receiver)
    told = stock("doctor")
    assert told.status == 0, told.out
    assert "taken: 204" in told.out
    levels = {row["about"]: row["level"] for row in rows(stock("doctor", "--json", "--no-test"))}
    assert levels["token"] == "ok"


def test_the_doctor_knows_who_does_not_listen_or_is_paused(stock: Call, receiver: Receiver) -> None:
    nowhere = ("--callback", "http://127.0.0.1:1/events", "--uuid", "u")
    stock("subscribe", "main", "--topic", "widgts", *nowhere)
    stock("subscriptions", "pause", "main")
    told = stock("doctor", "main", "--secret", "no secret")
    assert told.status == 1
    assert "Nobody listens at the host and port" in told.out
    assert "Nobody publishes to widgts" in told.out
    assert "Resume it. `bus subscriptions resume main`" in told.out
    assert "a secret starts with whsec_" in told.out
    assert "there is no 'other', only: main" in stock("doctor", "other").out


def test_history_says_what_was_delivered(stock: Call, shop: Call, receiver: Receiver) -> None:
    subscribe(stock, receiver)
    shop("publish", "widgets", "create", WIDGET.format("told"))

    def delivered_so_far() -> int:
        return sum(row["delivered"] for row in rows(stock("history", "main", "--json")))

    wait_for(lambda: delivered_so_far() >= 1)
    assert "worst lag" in stock("history", "--span", "week").out
    assert stock("history", "--span", "year").status == 2


def test_the_audit_says_who_did_what(stock: Call, operator: Call, receiver: Receiver) -> None:
    subscribe(stock, receiver)
    stock("subscriptions", "pause", "main")
    assert "subscription.pause" in stock("audit", "--since", "1h").out
    acts = rows(operator("audit", "--of", "stock", "--act", "subscription.pause", "--json"))
    assert acts[0]["client"] == "stock"


def test_a_topic_says_what_it_is_about(shop: Call) -> None:
    schema = '{"type": "object"}'
    about = ("--description", "things", "--schema", "-")
    assert shop("topics", "claim", "described", *about, stdin=schema).status == 0
    assert "things" in shop("topics", "show", "described").out
    assert rows(shop("topics", "show", "described", "--json"))[0]["schema"] == {"type": "object"}
    assert "not JSON" in shop("topics", "claim", "described", "--schema", "-", stdin="{").err


def test_a_profile_names_the_bus(served: Served, tmp_path: Path) -> None:
    file = tmp_path / "gavel" / "bus.toml"
    file.parent.mkdir()
    token = served.token("stock")
    file.write_text(f'[default]\nurl = "{served.url}/"\ntoken = "{token}"\n[other]\nurl = "x"\n')
    file.chmod(0o600)
    assert bus("topics").status == 0
    assert "no scheme" in bus("--profile", "other", "topics").err
    assert "no profile 'none'" in bus("topics", env={"BUS_PROFILE": "none"}).err
    elsewhere = bus("topics", env={"BUS_URL": "http://127.0.0.1:1"})
    assert "no token" in elsewhere.err  # a profile's token goes to the profile's bus alone
    file.chmod(0o640)
    readable = bus("topics")
    assert (readable.status, "chmod 600" in readable.err) == (2, True)
    file.chmod(0o600)
    for text in (
        "[default",
        "default = 1",
        "[default]\nurl = 1",
        "[default]\npassword = 'x'",
        "\0",
    ):
        file.write_text(text)
        said = bus("topics")
        assert (said.status, said.err.count("\n")) == (2, 1), said


def test_a_closed_pipe_is_no_traceback(served: Served) -> None:
    command = [sys.executable, "-m", "bus_client", "--url", served.url, "--token", ROOT_KEY]
    shell = " ".join([*command, "metrics", "--json", "|", "head", "-n", "1"])
    done = subprocess.run(
        shell, shell=True, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


def test_a_chosen_token_that_is_empty_makes_none(operator: Call) -> None:
    said = operator("tokens", "create", "nobody", "--chosen", "")
    assert said.status == 1
    assert "a token is 16 to 255" in said.err
    assert "nobody" not in operator("tokens").out
