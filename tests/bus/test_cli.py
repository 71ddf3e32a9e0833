"""What is done to the store from a shell: clients added, topologies declared, topics given."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from service_kit.tokens import digest

from bus.cli import main
from bus.storage import Storage, open_logs, open_storage
from tests.bus.conftest import TOKENS
from tests.bus.samples import publication

TOKEN = "a-token-from-a-secret-store"


@pytest.fixture(autouse=True)
def settings(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUS_DATABASE_URL", url)
    monkeypatch.setenv("BUS_ROOT_KEY", "root-key-of-the-tests")


def add(*clients: tuple[str, str]) -> Result:
    lines = "".join(f"{name} {token}\n" for name, token in clients)
    return CliRunner().invoke(main, ["clients", "add"], input=lines)


def test_a_client_is_added_with_the_token_from_standard_input(storage: Storage) -> None:
    done = add(("ada", TOKEN))
    assert done.exit_code == 0
    assert TOKEN not in done.output
    found = storage.clients.find(digest(TOKEN))
    assert found is not None
    assert found[1].name == "ada"


def test_adding_again_changes_nothing(storage: Storage) -> None:
    assert add(("ada", TOKEN)).exit_code == add(("ada", TOKEN)).exit_code == 0
    assert [one.name for one in storage.clients.tokens()].count("ada") == 1


def test_a_new_token_is_one_more(storage: Storage) -> None:
    add(("ada", TOKEN))
    add(("ada", TOKEN + "-2"))
    assert [one.name for one in storage.clients.tokens()].count("ada") == 2


@pytest.mark.parametrize(
    "token", ["", "short", "has:a-colon-in-the-middle", "has a space inside it"]
)
def test_a_bad_token_is_refused_without_repeating_it(token: str) -> None:
    done = add(("ada", token))
    assert done.exit_code == 1
    assert not token or token not in done.output


def test_a_token_of_another_client_is_refused() -> None:
    add(("ada", TOKEN))
    assert add(("eve", TOKEN)).exit_code == 1


def test_a_line_may_end_with_scopes(storage: Storage) -> None:
    for words, scopes in (
        ("publish", {"publish"}),
        ("admin,monitor", {"admin", "monitor"}),
        ("publish:bids,subscribe", {"publish:bids", "subscribe"}),
    ):
        assert add(("ada", f"{TOKEN} {words}")).exit_code == 0
        found = storage.clients.find(digest(TOKEN))
        assert found is not None
        assert found[1].scopes == scopes
    assert add(("ada", f"{TOKEN} publish,everything")).exit_code == 1


def test_a_bad_name_is_refused() -> None:
    assert add(("-a", TOKEN)).exit_code == 1


def test_all_lines_are_taken_or_none(storage: Storage) -> None:
    assert add(("ada", TOKEN), ("eve", TOKEN)).exit_code == 1
    assert add(("ada", TOKEN), ("eve", "short")).exit_code == 1
    assert "ada" not in [one.name for one in storage.clients.tokens()]
    assert add(("ada", TOKEN), ("eve", TOKEN + "-2")).exit_code == 0
    assert {"ada", "eve"} <= set([one.name for one in storage.clients.tokens()])


SUBSCRIPTION = {"topics": ["bids"], "callback": "https://a.example/e", "uuid": "u"}


def declare(*documents: Any) -> Result:
    lines = "".join(json.dumps(one) + "\n" for one in documents)
    return CliRunner().invoke(main, ["declare"], input=lines)


def topology(client: str, *publishes: str, **subscriptions: Any) -> dict[str, Any]:
    return {
        "token": TOKENS[client],
        "publishes": publishes,
        "subscriptions": {name: SUBSCRIPTION | more for name, more in subscriptions.items()},
    }


def owners(storage: Storage) -> dict[str, str | None]:
    return {one.name: one.publisher for one in storage.topics.all()}


def test_who_is_declared_owns_its_topics_and_misses_no_event(storage: Storage) -> None:
    ours = topology("publisher", "bids", "offers")
    theirs = topology("subscriber", default={}, other={"topics": ["*"]})
    for _ in range(2):
        done = declare(theirs, ours)
        assert (done.exit_code, done.output) == (0, "")
    assert owners(storage) == {"bids": "publisher", "offers": "publisher"}
    publisher = storage.clients.id_of("publisher")
    assert storage.log.append([publication(publisher, "https://x.example/1")]) == [None]
    assert [one.queued for one in storage.overviews.listed()] == [1, 1]


def test_a_topology_says_what_its_topics_are_about(storage: Storage) -> None:
    about = {"description": "Bids.", "schema": {"type": "null"}}
    for _ in range(2):
        assert (
            declare(topology("publisher", "bids", "offers") | {"about": {"bids": about}}).exit_code
            == 0
        )
    said = storage.topics.one("bids")[1]
    assert (said.description, said.schema) == ("Bids.", {"type": "null"})
    assert declare(topology("publisher", "bids")).exit_code == 0
    assert storage.topics.one("bids")[1].description == "Bids."


def test_a_topic_of_another_client_refuses_a_declaration_by_name(storage: Storage) -> None:
    assert declare(topology("stranger", "offers")).exit_code == 0
    done = declare(topology("publisher", "bids", "offers"))
    assert done.exit_code == 1
    assert "offers belongs to stranger" in done.output
    assert owners(storage) == {"offers": "stranger"}


def test_seeds_are_sown_for_a_client_that_has_no_subscription_and_left_alone_then(
    storage: Storage,
) -> None:
    publisher = storage.clients.id_of("publisher")
    storage.log.append([publication(publisher, "https://x.example/1")])
    seeds = {"one": SUBSCRIPTION, "other": SUBSCRIPTION | {"paused": True}}
    sown = {"token": TOKENS["subscriber"], "seeds": seeds}
    assert (declare(sown).exit_code, declare(sown).exit_code) == (0, 0)
    found = {one.subscription.name: one for one in storage.overviews.of_client("subscriber")}
    assert {name: one.subscription.state.value for name, one in found.items()} == {
        "one": "active",
        "other": "paused",
    }
    assert [one.lag.events for one in found.values()] == [1, 1]
    storage.subscriptions.delete(storage.clients.id_of("subscriber"), "one")
    storage.subscriptions.resume(found["other"].subscription.id)
    declare(sown)
    (left,) = storage.overviews.of_client("subscriber")
    assert (left.subscription.name, left.subscription.state.value) == ("other", "active")


BAD: list[Any] = [
    {"token": TOKENS["stranger"], "seeds": []},
    {"token": TOKENS["stranger"], "seeds": {"one": None}},
    {"token": TOKENS["stranger"], "seeds": {"One!": SUBSCRIPTION}},
    {"token": TOKENS["stranger"], "seeds": {"one": SUBSCRIPTION | {"paused": "yes"}}},
    {"token": TOKENS["stranger"], "seeds": {"one": SUBSCRIPTION | {"callback": "x"}}},
    {},
    [],
    "publishes",
    {"token": 1},
    {"token": "nobody's-token-of-the-tests"},
    {"token": "\ud800"},
    {"token": "nobody's-token-of-the-tests", "publishes": ["bids"]},
    {"token": "nobody's-token-of-the-tests", "subscriptions": {"default": SUBSCRIPTION}},
    topology("publisher", "Bids"),
    topology("publisher", *["bids"] * 101),
    topology("publisher") | {"publishes": "bids"},
    topology("publisher") | {"subscriptions": [SUBSCRIPTION]},
    topology("publisher") | {"subscriptions": {"Default!": SUBSCRIPTION}},
    topology("publisher") | {"subscriptions": {"default": None}},
    topology("publisher") | {"topics": ["bids"]},
    topology("publisher", "bids") | {"about": ["bids"]},
    topology("publisher", "bids") | {"about": {"offers": {}}},
    topology("publisher", "bids") | {"about": {"bids": {"what": 1}}},
    topology("publisher", "bids") | {"about": {"bids": {"schema": {"type": "x"}}}},
    topology("publisher", default={"callback": "http://a.example/"}),
    topology("publisher", default={"secret": "short"}),
]


@pytest.mark.parametrize("bad", BAD)
def test_a_bad_topology_is_one_line_and_nobody_is_declared(storage: Storage, bad: Any) -> None:
    done = declare(topology("subscriber", "orders", default={}), bad)
    assert done.exit_code == 1
    assert len(done.output.splitlines()) == 1
    assert "-token-of-the-tests" not in done.output
    assert owners(storage) == {}


@pytest.mark.parametrize("lines", ["", "\n \n", "{", "[" * 100_000])
def test_no_topology_at_all_is_an_error(lines: str) -> None:
    done = CliRunner().invoke(main, ["declare"], input=lines)
    assert (done.exit_code, len(done.output.splitlines())) == (1, 1)


def test_a_token_that_may_not_publish_to_a_topic_can_not_declare_it(storage: Storage) -> None:
    add(("ada", f"{TOKEN} publish:bids"))
    assert declare({"token": TOKEN, "publishes": ["bids"]}).exit_code == 0
    assert declare({"token": TOKEN, "publishes": ["bids", "offers"]}).exit_code == 1
    assert declare({"token": TOKEN, "subscriptions": {"default": SUBSCRIPTION}}).exit_code == 1
    assert owners(storage) == {"bids": "ada"}


def test_a_topic_is_given_to_whom_it_belongs(storage: Storage) -> None:
    declare(topology("stranger", "bids"))
    done = CliRunner().invoke(main, ["topics", "give", "bids", "publisher"])
    assert done.exit_code == 0
    assert owners(storage) == {"bids": "publisher"}
    for wrong in (["bids", "nobody"], ["Bids", "publisher"]):
        assert CliRunner().invoke(main, ["topics", "give", *wrong]).exit_code == 1


def test_a_bus_whose_subscribers_have_had_all_is_drained(storage: Storage) -> None:
    declare(topology("publisher", "bids"), topology("subscriber", default={}))
    assert (drained().exit_code, drained().output) == (0, "")


def test_who_is_behind_is_named_with_how_much_waits_and_what_drains_it(
    storage: Storage,
) -> None:
    declare(
        topology("publisher", "bids"), topology("subscriber", default={}, other={"topics": ["x"]})
    )
    urls = [f"https://x.example/{number}" for number in range(3)]
    storage.log.append([publication(storage.clients.id_of("publisher"), *urls)])
    done = drained()
    assert done.exit_code == 2
    (line,) = done.output.splitlines()
    assert line.startswith("3 events wait for subscriber's subscription 'default': run the bus,")
    assert drained("--except", "publisher").exit_code == 2
    assert drained("--except", "subscriber").exit_code == 0


@pytest.mark.parametrize(
    ("pattern", "waiting"),
    [("bids", 3), ("bids.update", 3), ("*", 4), ("bids.create", 0), ("bids.noop", 0)],
)
def test_events_of_types_that_a_subscription_does_not_want_are_none_to_wait_for(
    storage: Storage, pattern: str, waiting: int
) -> None:
    declare(topology("publisher", "bids"), topology("subscriber", default={"topics": [pattern]}))
    urls = [f"https://x.example/{number}" for number in range(3)]
    storage.log.append([publication(storage.clients.id_of("publisher"), *urls, type="update")])
    storage.log.append(
        [publication(storage.clients.id_of("subscriber"), "https://x.example/1", topic="others")]
    )
    done = drained()
    assert done.exit_code == (2 if waiting else 0)
    assert done.output.startswith(f"{waiting} events wait for" if waiting else "")


def test_a_bus_that_was_never_made_is_drained_and_is_not_made_by_asking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "never-made.sqlite3"
    monkeypatch.setenv("BUS_DATABASE_URL", f"sqlite:///{store}")
    assert drained().exit_code == 0
    assert not store.exists()


def drained(*options: str) -> Result:
    return CliRunner().invoke(main, ["drained", *options])


def test_the_shell_looks_after_every_log(
    storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = f"sqlite:///{tmp_path / 'two.sqlite3'}"
    monkeypatch.setenv("BUS_LOGS", f"main two={two}")

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, words)
        return done.exit_code, done.output

    assert run("migrate")[0] == 0
    views = topology("publisher", "views") | {"about": {"views": {"log": "two"}}}
    theirs = topology("subscriber", every={"topics": ["views"]})
    assert declare(views, theirs).exit_code == 0
    logs = open_logs(str(storage.engine.url), {"two": two}, lambda: 1)
    told = publication(storage.clients.id_of("publisher"), "https://x.example/1", topic="views")
    assert logs.store("two").log.append([told]) == [None]
    before = logs.store("two").log_identity
    logs.close()
    code, said = run("drained")
    assert (code, "1 events wait for subscriber's" in said) == (2, True)
    assert "after position 1" in run("restored", "--log", "two")[1]
    assert run("restored", "--log", "three") == (1, "Error: there is no log three\n")
    again = open_storage(two, lambda: 1)
    assert again.log_identity != before
    again.close()
    monkeypatch.setenv("BUS_LOGS", "main")
    assert run("topics", "give", "views", "subscriber")[0] == 2
