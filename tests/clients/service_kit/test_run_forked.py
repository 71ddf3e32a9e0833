"""What a process that is forked from the run has of it, and what not."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from service_kit.run.python_command import PythonCommand, python_command

from tests.sockets import free_port
from tests.waiting import wait_for

SETTINGS = {"PORT": "8001", "NAME": "two words", "EMPTY": "", "HOST": "10.0.0.2"}


@pytest.mark.parametrize(
    ("command", "read"),
    [
        ("python -m bus.worker", PythonCommand("bus.worker", ())),
        (f"{sys.executable} -m bus.worker a 'b c'", PythonCommand("bus.worker", ("a", "b c"))),
        ("nice -n 5 python -m x", PythonCommand("x", (), 5)),
        ('gunicorn -b ":$PORT" "a:b()"', PythonCommand("gunicorn", ("-b", ":8001", "a:b()"))),
        ("gunicorn -b :${PORT} a:b", PythonCommand("gunicorn", ("-b", ":8001", "a:b"))),
        *(
            (f'gunicorn -b "${{{host}}}:$PORT" a:b', PythonCommand("gunicorn", ("-b", read, "a:b")))
            for host, read in (
                ("NOBODY:-127.0.0.1", "127.0.0.1:8001"),
                ("EMPTY:-[::1]", "[::1]:8001"),
                ("HOST:-127.0.0.1", "10.0.0.2:8001"),
                ("NOBODY:-", ":8001"),
            )
        ),
    ],
)
def test_words_that_are_pythons_own_are_read(command: str, read: PythonCommand) -> None:
    assert python_command(command, SETTINGS) == read


@pytest.mark.parametrize(
    "command",
    [
        *("", "sleep 5", "python", "python -m", "python app.py", "nice -n x python -m a"),
        *("python -m a && python -m b", "python -m a | cat", "python -m a > log", "python -m a &"),
        *(
            "python -m a *.py",
            "python -m a ~/x",
            "python -m a `b`",
            "python -m a $(b)",
            "A=b python",
        ),
        *("python -m a $NOBODY", "python -m a $NAME", "python -m a '$PORT'", "python -m 'a"),
        *("python -m a ${HOST:-$PORT}", "python -m a ${HOST:=x}", "python -m a ${NOBODY}"),
        *(r"python -m a\ b", "python -m a $$", "(python -m a)", "python -m a; b"),
    ],
)
def test_what_only_a_shell_understands_is_left_to_it(command: str) -> None:
    assert python_command(command, SETTINGS) is None


def test_the_modules_are_known_that_a_command_will_load() -> None:
    bus = python_command("gunicorn -k bus.server.AsgiWorker -b h:1 'bus.asgi:create_app()'", {})
    assert bus is not None
    assert {"bus.server", "bus.asgi", "gunicorn"} <= set(bus.needs)


PROCFILE = """\
first: python -m tell $PORT_FIRST a
second: python -m tell $PORT_SECOND b
alone: python -m tell $PORT_ALONE c
"""
TELL = """\
import atexit, gc, json, os, random, signal, sys, threading
from http.server import BaseHTTPRequestHandler, HTTPServer
import loaded

def tell():
    return {
        "arguments": sys.argv[2:],
        "session": os.getsid(0) == os.getpid(),
        "descriptors": sorted(map(int, os.listdir("/proc/self/fd")))[:-1],
        "name": open("/proc/self/cmdline").read().replace("\\0", " ").strip(),
        "threads": threading.active_count(),
        "chance": random.random(),
        "loaded_by": loaded.PID,
        "setting": os.environ["OWN"],
        "blocked": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
        "handled": [n for n in (1, 15) if signal.getsignal(n) != signal.SIG_DFL],
        "main": sys.modules["__main__"].__spec__.name,
    }

class Ready(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")
    def log_message(self, *_): pass

if __name__ == "__main__":
    print(json.dumps(tell()))
    atexit.register(print, "over")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("told to end"))
    HTTPServer(("127.0.0.1", int(sys.argv[1])), Ready).serve_forever()
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Any]]:
    """What each process of a run has told; `run` is the run's pid, `ends` what they said last."""
    folder = tmp_path_factory.mktemp("forked")
    (folder / "tell.py").write_text(TELL)
    (folder / "loaded.py").write_text("import os\nPID = os.getpid()\n")
    (folder / "Procfile").write_text(PROCFILE)
    names = ("first", "second", "alone")
    ports = "".join(f"PORT_{name.upper()}={free_port()}\n" for name in names)
    (folder / ".env.example").write_text(
        f"VAR_DIR=var\nPORT_BASE=8000\nRUN_APART=alone\nOWN=\n{ports}"
    )
    command = [sys.executable, "-m", "service_kit.run"]
    run = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    logs = {name: folder / "var/log" / f"{name}.log" for name in names}
    try:
        wait_for(lambda: all(log.exists() and "\n" in log.read_text() for log in logs.values()))
        found = {name: json.loads(log.read_text().splitlines()[0]) for name, log in logs.items()}
        assert "Ready." in run.stdout.readline()
        os.kill(run.pid, signal.SIGTERM)
        run.wait(30)
        ends = {name: log.read_text().splitlines()[1:] for name, log in logs.items()}
        yield {**found, "run": run.pid, "ends": ends}
    finally:
        run.kill()
        run.wait()
        run.stdout.close()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="nothing is forked elsewhere")
def test_forks_share_what_the_run_has_loaded_and_nothing_else(told: Mapping[str, Any]) -> None:
    first, second = told["first"], told["second"]
    assert first["loaded_by"] == second["loaded_by"] == told["run"]
    assert first["chance"] != second["chance"]
    assert first["setting"] == second["setting"] != ""
    for one, name in ((first, "a"), (second, "b")):
        assert one["arguments"] == [name]
        assert one["name"].startswith("python -m tell ")
        assert one["name"].endswith(f" {name}")
        assert (one["session"], one["threads"], one["main"]) == (True, 1, "tell")
        assert one["descriptors"] == [0, 1, 2]
        assert (one["blocked"], one["handled"]) == ([], [])


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="nothing is forked elsewhere")
def test_forks_end_as_programs_do(told: Mapping[str, Any]) -> None:
    assert told["ends"]["alone"] == ["told to end", "over"]
    assert told["ends"]["first"] == told["ends"]["second"] == told["ends"]["alone"]


@pytest.mark.slow
def test_who_runs_apart_has_loaded_everything_itself(told: Mapping[str, Any]) -> None:
    assert told["alone"]["loaded_by"] != told["run"]
    assert told["alone"]["setting"] == told["first"]["setting"]
