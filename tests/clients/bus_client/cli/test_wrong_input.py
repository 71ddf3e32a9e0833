"""Whatever is wrong is one line on stderr, exit status 1 or 2, and no traceback."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import pytest
import requests
import responses
from bus_client.cli import main

from tests.clients.bus_client.cli.calling import TOKEN, URL, bus, every_verb, named

VERBS = every_verb()
ROOT = {"_links": {"self": {"href": "/"}}}
MONITORS = {"topics": {"href": "/topics"}, "metrics": {"href": "/metrics"}}
OF_CLIENT = {
    "subscriptions": {"href": "/clients/shop/subscriptions"},
    "subscription": {"href": "/clients/shop/subscriptions/{name}", "templated": True},
}
OF_OPERATOR = {
    "tokens": {"href": "/api_tokens"},
    "clients": {"href": "/clients"},
    "subscription": {"href": "/clients/{client}/subscriptions/{name}", "templated": True},
}
ANYTHING = re.compile(r".*")
METHODS = ("GET", "POST", "PUT", "DELETE")


@pytest.fixture
def answers() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def rooted(answers: responses.RequestsMock) -> None:
    events = {"events": {"href": "/events{?topics,after,limit,wait}", "templated": True}}
    answers.get(f"{URL}/", json={"_links": OF_CLIENT | MONITORS | events})


def every(verb: Sequence[str], *options: str, **given: str | None) -> str:
    """The one line that a verb says; there is no other, and nothing on stdout but the doctor's."""
    env: dict[str, str | None] = {"BUS_URL": URL, "BUS_TOKEN": TOKEN}
    said = bus(*options, *verb, env=env | given)
    assert said.status in {1, 2}, said
    if verb[0] == "doctor" and said.status == 1:
        assert said.err == ""
        return said.out
    assert said.out == ""
    assert said.err.startswith("bus: ")
    assert said.err.count("\n") == 1, said.err
    assert TOKEN not in said.err
    return f"{said.status} {said.err}"


def test_every_verb_is_tried_here() -> None:
    def leaves(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        if isinstance(command, click.Group):
            for name, inner in command.commands.items():
                yield from leaves(inner, (*path, name))
        else:
            yield path

    listed = {("topics", "list"), ("subscriptions", "list"), ("attempts", "list")}
    listed |= {("parked", "list"), ("dead-letters", "list"), ("tokens", "list")}
    of_programs = {("work",), ("waiting",)}  # they talk to no bus
    tried = {tuple(verb[:size]) for verb in VERBS for size in (1, 2)} | listed | of_programs
    assert set(leaves(main, ())) - tried == set()


@pytest.mark.parametrize("verb", VERBS, ids=named)
@pytest.mark.parametrize(
    ("url", "why"),
    [
        (None, "no bus is named"),
        ("", "no bus is named"),
        ("localhost:8001", "no scheme"),
        ("bus.example", "no scheme"),
        ("http://user:s3cret@bus.example", "holds credentials"),
        ("ftp://bus.example", "must be an http"),
        ("http://", "must be an http"),
        ("http://bus.example:99999", "must be an http"),
        ("http://bus.example?x=1", "must be an http"),
        ("inline:", "inside a program"),
    ],
)
def test_a_url_of_no_bus(verb: Sequence[str], url: str | None, why: str) -> None:
    said = every(verb, BUS_URL=url)
    assert why in said
    assert said.startswith("2")
    assert "s3cret" not in said


@pytest.mark.parametrize("verb", VERBS, ids=named)
@pytest.mark.parametrize(
    ("token", "why"), [(None, "no token"), ("", "no token"), ("a\nb", "no token does")]
)
def test_a_token_that_is_none(verb: Sequence[str], token: str | None, why: str) -> None:
    said = every(verb, BUS_TOKEN=token)
    assert why in said
    assert said.startswith("2")


@pytest.mark.parametrize("verb", VERBS, ids=named)
def test_nobody_listens(verb: Sequence[str]) -> None:
    assert "Connection refused" in every(verb, BUS_URL="http://127.0.0.1:1")


@pytest.mark.parametrize("verb", VERBS, ids=named)
@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, "<html>login</html>"),
        (200, "[" * 9000),
        (200, '"text"'),
        (404, "not here"),
        (301, ""),
        (503, ""),
    ],
)
def test_what_answers_is_no_bus(
    verb: Sequence[str], status: int, body: str, answers: responses.RequestsMock
) -> None:
    for method in METHODS:
        answers.add(method, ANYTHING, body=body, status=status)
    every(verb)


@pytest.mark.parametrize("verb", VERBS, ids=named)
def test_a_token_that_the_bus_does_not_know(
    verb: Sequence[str], answers: responses.RequestsMock
) -> None:
    answers.get(f"{URL}/health/ping", json={"pong": 1})
    for method in METHODS:
        answers.add(method, ANYTHING, json={"title": "no", "detail": "a token"}, status=401)
    assert "know" in every(verb)


@pytest.mark.parametrize(
    "verb",
    [one for one in VERBS if one[0] in {"publish"} or one[:2] == ("topics", "claim")],
    ids=named,
)
def test_the_root_key_where_a_clients_token_belongs(
    verb: Sequence[str], answers: responses.RequestsMock
) -> None:
    answers.get(f"{URL}/", json={"_links": OF_OPERATOR | MONITORS})
    for method in METHODS:
        answers.add(method, ANYTHING, json={"title": "no"}, status=401)
    assert "that is the root key, where a client's token belongs" in every(verb)


@pytest.mark.parametrize("verb", [one for one in VERBS if one[:1] == ("tokens",)], ids=named)
def test_a_clients_token_where_the_root_key_belongs(
    verb: Sequence[str], answers: responses.RequestsMock
) -> None:
    answers.get(f"{URL}/", json={"_links": OF_CLIENT | MONITORS})
    assert "it takes the root key" in every(verb)


@pytest.mark.parametrize(
    "verb", [one for one in VERBS if one[0] in {"subscribe", "attempts", "redrive"}], ids=named
)
def test_the_root_key_has_to_name_a_client(
    verb: Sequence[str], answers: responses.RequestsMock
) -> None:
    answers.get(f"{URL}/", json={"_links": OF_OPERATOR | MONITORS})
    assert "name the client with --client" in every(verb)


def test_a_client_cannot_name_another(answers: responses.RequestsMock) -> None:
    answers.get(f"{URL}/", json={"_links": OF_CLIENT | MONITORS})
    said = every(("subscriptions", "pause", "main"), "--client", "stock")
    assert "another client's" in said


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("nonsense",), "No such command"),
        (("subscriptions", "puase", "x"), "No such command"),
        (("publish", "Widgets", "create", "https://x.example/1"), "lowercase"),
        (("publish", "widgets", "created", "https://x.example/1"), "is not one of"),
        (("publish", "widgets"), "TYPE and URL are missing"),
        (("publish", "widgets", "create", "https://x.example", "--data", "{"), "is not JSON"),
        (("publish", "widgets", "--from", "/none/here"), "No such file"),
        (("publish", "widgets", "create", "https://x.example", "--from", "-"), "or --from"),
        (("publish", "widgets", "--from", "-", "--timestamp", "1"), "or --from"),
        (("publish", "widgets", "--from", "-", "--data", "{}"), "or --from"),
        (("redrive", "main"), "give IDS"),
        (("redrive", "main", "1", "--all"), "give IDS"),
        (("subscribe",), "Missing option"),
        (("subscribe", "--topic", "a"), "or --pull"),
        (("subscribe", "--topic", "a", "--pull", "--uuid", "u"), "or --pull"),
        (("listen", "a", "--forward", "http://localhost", "--subscription", "b"), "its own topics"),
        (("attempts", "show", "main", "one"), "not a valid integer"),
        (("work", "no.such.module"), "No module named"),
        (("work", "json:loads"), "json:loads raises TypeError"),
        (("work", "json:loads", "--workers", "0"), "0 is not in the range"),
        (("waiting", "sys:exit"), "sys:exit raises SystemExit"),
        (("doctor", "--frobnicate"), "No such option"),
        (("tail", "--after", "yesterday"), "neither now, beginning nor a position"),
        (("attempts", "main", "--since", "tomorrow"), "neither a time nor an age"),
        (("parked", "retry", "main"), "give URLS"),
        (("listen",), "Missing option '--forward'"),
        (("listen", "--forward", "localhost:3000"), "http(s) URL"),
        (("listen", "--forward", "http://a:b@localhost"), "http(s) URL"),
        (("listen", "--forward", "http://localhost", "--secret", "short"), "starts with whsec_"),
        (("listen", "--forward", "http://localhost", "--uuid", "a:b"), "without a colon"),
    ],
)
def test_wrong_usage(arguments: Sequence[str], why: str) -> None:
    said = every(arguments)
    assert why in said


@pytest.mark.parametrize("stdin", ["", "[]", "[1]", "no json", '{"type": "create"', "[" * 9000])
def test_events_that_are_none(stdin: str) -> None:
    said = bus(
        "publish", "widgets", "--from", "-", env={"BUS_URL": URL, "BUS_TOKEN": TOKEN}, stdin=stdin
    )
    assert said.status == 2
    assert said.err.count("\n") == 1


@pytest.mark.parametrize("place", ["yesterday", "2026-13-01", "1.5", "++1", "5w", ""])
def test_a_place_that_is_none(place: str, answers: responses.RequestsMock) -> None:
    said = every(("subscribe", "--topic", "a", "--callback", "c", "--uuid", "u", "--from", place))
    assert "no place in the log" in said


@pytest.mark.parametrize("words", [(), ("publish",), ("subscriptions", "seek"), ("doctor",)])
def test_help_needs_no_settings(words: Sequence[str]) -> None:
    said = bus(*words, "--help")
    assert said.status == 0
    assert said.out.startswith("Usage: ")


def test_the_version_is_said() -> None:
    assert re.fullmatch(r"bus, version \d+\.\d+\.\d+\n", bus("--version").out)


def test_what_a_bus_says_moves_no_cursor(answers: responses.RequestsMock) -> None:
    row = {"name": "a\x1b[31m\u202e", "publisher": "b\r\nc", "events": 1}
    answers.get(f"{URL}/topics", json=[row])
    said = bus("topics", env={"BUS_URL": URL, "BUS_TOKEN": TOKEN})
    assert not re.search("[\x1b\r\u202e]", said.out)
    assert said.out.count("\n") == 2


def test_a_broken_pipe_ends_it(answers: responses.RequestsMock) -> None:
    answers.get(f"{URL}/topics", body=requests.ConnectionError("x"))
    assert "ConnectionError" in every(("topics",))


@pytest.mark.parametrize("verb", [*VERBS, ("work",), ("waiting",)], ids=named)
def test_an_argument_that_is_no_text(verb: Sequence[str]) -> None:
    assert "is no text in UTF-8" in every((*verb, "\udcff"))


@pytest.mark.parametrize("said", ["raise RuntimeError('a\\nb')", "def (", "raise SystemExit(7)"])
def test_a_program_that_does_not_start(
    said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_shop.py").write_text(said)
    monkeypatch.chdir(tmp_path)
    for verb in ("work", "waiting"):
        sys.modules.pop("broken_shop", None)
        assert "broken_shop:bus raises" in every((verb, "broken_shop:bus"))


@pytest.mark.parametrize(
    "kept",
    [
        *("-7", "true", "null", "9" * 5000, "[" * 9000, "[]"),
        '{"position":1e400,"replay":0}',
        '{"position":-5,"replay":0}',
        '{"position":2.5,"replay":0}',
        '{"position":1,"replay":-1}',
        '{"after":"now","replay":0}',
        '{"after":"9f3a2c1b-","replay":0}',
        '{"after":5,"replay":0}',
        '{"after":"5"}',
    ],
)
def test_a_place_that_is_kept_nowhere(kept: str, tmp_path: Path, rooted: None) -> None:
    file = tmp_path / "place"
    file.write_text(kept)
    for where in (file, Path("/dev/zero"), tmp_path / "none" / "place"):
        said = every(("listen", "--forward", "http://localhost", "--saved", str(where)))
        assert said.startswith("2 bus: --saved: the place can't be kept")
    assert file.read_text() == kept


def test_a_profile_that_is_not_there_is_told_though_the_bus_is_named_too() -> None:
    assert "no profile 'prod'" in every(("topics",), "--profile", "prod")


@pytest.mark.slow
@pytest.mark.parametrize("redirection", [">&-", "<&-", ">/dev/full", "2>/dev/null >/dev/full"])
@pytest.mark.parametrize(
    "words", ["--help", "publish widgets --from -", "listen --forward http://localhost/"]
)
def test_a_stream_that_is_closed_or_full(words: str, redirection: str) -> None:
    command = Path(sys.executable).with_name("bus")
    surroundings = os.environ | {"BUS_URL": "http://127.0.0.1:1", "BUS_TOKEN": TOKEN}
    done = subprocess.run(
        ["sh", "-c", f"{command} {words} {redirection}"],
        env=surroundings,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode in {0, 1, 2}
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") <= 1
    if "full" in redirection and words == "--help":
        assert done.returncode == 1
