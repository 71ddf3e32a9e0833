"""A bus by its URL: which there are, what is said of one that can be none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from bus_client import BadConnection, BusClient, BusUnavailable, InlineBus, bus_url, connect

from tests.forked import python

APP = """
import os
from bus_client import connect
bus = connect(os.environ["APP_BUS"], "token", deliver=lambda body: ())
silent = connect("huey:sqlite:///queue.sqlite3", "token", name="silent")
"""


def work(folder: Path, url: str, target: str = "app:bus") -> subprocess.CompletedProcess[str]:
    (folder / "app.py").write_text(APP)
    environment = dict(os.environ) | {"APP_BUS": url}
    return subprocess.run(
        [python("bus_client"), "-m", "bus_client", "work", target],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_http_is_the_client_of_a_bus() -> None:
    with connect("http://localhost:8001", "token", lambda _body: ()) as bus:
        assert isinstance(bus, BusClient)


def test_inline_needs_nothing() -> None:
    with connect("inline:nothing", "token", lambda _body: ()) as bus:
        assert isinstance(bus, InlineBus)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "is no bus"),
        ("localhost:8001", "is no bus"),
        ("ftp://bus.example", "is no bus"),
        ("http:", "needs a host"),
        ("https://", "needs a host"),
        ("http:localhost", "http\\(s\\) URL"),
        ("http:///events", "http\\(s\\) URL"),
        ("http://:8001", "http\\(s\\) URL"),
        ("http://localhost:99999", "http\\(s\\) URL"),
        ("http://localhost:port", "http\\(s\\) URL"),
        ("http://local host", "http\\(s\\) URL"),
        ("http://localhost\n", "http\\(s\\) URL"),
        ("http://[::1", "http\\(s\\) URL"),
        ("https://ada:s3cret@localhost", "user"),
        ("http://localhost/?topic=bids", "query"),
        ("inline", "colon"),
        ("huey:", "needs a database"),
        ("huey", "needs a database"),
        ("huey:var/queue.sqlite3", "needs a database"),
        ("huey:mysql://localhost/queue", "needs a database"),
        ("huey:sqlite:", "two processes"),
        ("huey:sqlite:///", "two processes"),
        ("huey:sqlite:///:memory:", "two processes"),
        ("huey:postgresql://", "two processes"),
        ("huey:redis://", "two processes"),
        ("huey:sqlite:///queue.sqlite3?timeout=3", "no options"),
        ("huey:redis://localhost:port/0", "port that is none"),
        ("huey:rediss://localhost:99999/0", "port that is none"),
        ("huey:postgresql://ada:s3cret@localhost:port/queue", "port that is none"),
        ("huey:sqlite:////no/such/folder/queue.sqlite3", "no folder"),
        ("huey:sqlite:////tmp", "is a folder"),
        (f"huey:sqlite:///{'x' * 300}", "names a file that can't be"),
        ("huey:sqlite:queue.sqlite3", "followed by ///"),
        ("huey:sqlite://queue.sqlite3", "followed by ///"),
    ],
)
def test_what_can_be_no_bus_is_refused_in_words(url: str, says: str) -> None:
    with pytest.raises(BadConnection, match=says):
        connect(url, "token", lambda _body: ())


@pytest.mark.parametrize("url", [None, 5, b"inline:", ["inline:"], True])
def test_what_is_no_text_is_no_bus(url: Any) -> None:
    with pytest.raises(BadConnection, match="is no bus"):
        connect(url, "token")


@pytest.mark.parametrize(
    "url",
    ["huey:", "huey:sqlite:", "huey:sqlite:///no/folder/q", "gopher://bus", "", "http:bus"],
)
def test_a_setting_can_be_checked_before(url: str) -> None:
    with pytest.raises(BadConnection) as refused:
        bus_url(url)

    assert isinstance(refused.value, ValueError)


def test_a_password_is_not_repeated() -> None:
    with pytest.raises(BusUnavailable) as trouble:
        connect("huey:postgresql://ada:s3cret@localhost:1/none", "token", lambda _body: ())

    assert "s3cret" not in str(trouble.value)


@pytest.mark.parametrize(
    ("module", "url", "extra"),
    [
        ("huey", "huey:sqlite:///q", "bus-client[huey]"),
        ("redis", "huey:redis://localhost/0", "bus-client[redis]"),
        ("psycopg", "huey:postgresql://localhost/q", "bus-client[postgresql]"),
    ],
)
@pytest.mark.slow
def test_a_missing_extra_is_named(
    monkeypatch: pytest.MonkeyPatch, module: str, url: str, extra: str
) -> None:
    code = (
        "import importlib.util as u, sys; find = u.find_spec\n"
        f"u.find_spec = lambda name, *a: None if name == {module!r} else find(name, *a)\n"
        "from bus_client import connect\n"
        f"connect({url!r}, 't')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )

    assert f"pip install '{extra}'" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("huey:", "bus: huey: needs a database"),
        ("inline:", "bus: inline: needs no worker"),
        ("gopher:", "bus: gopher: is no bus"),
        (
            "huey:sqlite:///nowhere/queue.sqlite3",
            "bus: huey:sqlite:///nowhere/queue.sqlite3: there",
        ),
    ],
)
def test_a_worker_that_cannot_be_says_so_in_one_line(tmp_path: Path, url: str, says: str) -> None:
    done = work(tmp_path, url)

    assert done.returncode == 2
    assert done.stderr.startswith(says)
    assert done.stderr.count("\n") == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("app:silent", "nobody receives"),
        ("app:nothing", "nothing"),
        ("no_such_module:bus", "no_such_module"),
        ("app:APP", "APP"),
        ("os:path", "is no bus"),
    ],
)
def test_a_worker_for_nothing_says_so(tmp_path: Path, target: str, says: str) -> None:
    done = work(tmp_path, "inline:", target)

    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_importing_the_client_imports_no_other_and_no_extra() -> None:
    extras = ["bids_client", "bus_drain", "huey", "redis", "psycopg", "sqlalchemy", "flask"]
    code = f"import bus_client, sys; print([x for x in {extras} if x in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )

    assert done.stdout == "[]\n"
