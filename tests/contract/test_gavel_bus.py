"""The bus as a distribution of its own: installed by pip alone, it does what its README says."""

import os
import re
import signal
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.clients.readme import ROOT, examples
from tests.contract.distributions import Environment, built
from tests.sockets import free_port
from tests.waiting import wait_for

pytestmark = pytest.mark.slow

FOLDER = "deploy/gavel-bus"
SHELL = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WITHOUT = {"pillow", "babel", "flask-babel", "psycopg", "gevent", "huey", "service-kit", "gavel"}

STORE = {"BUS_DATABASE_URL": "sqlite:///bus.sqlite3", "BUS_ROOT_KEY": "the-root-key-of-tests"}


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("wheels")
    places = {name: f"clients/{name}" for name in ("bus-client", "bus-drain")}
    return {name: built(folder, place) for name, place in {**places, "gavel-bus": FOLDER}.items()}


@pytest.fixture(scope="module")
def environment(wheels: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """With what the README's first command installs, from here instead of from an index."""
    command = shell_blocks()[0].splitlines()[0]
    assert command.startswith("pip install ")
    wanted = [name.strip("'") for name in command.split()[2:]]
    return Environment(
        tmp_path_factory.mktemp("environment"),
        *(f"{wheels[name]}{extra}" for name, _, extra in map(with_extra, wanted)),
    )


def with_extra(requirement: str) -> tuple[str, str, str]:
    name, bracket, extra = requirement.partition("[")
    return name, bracket, bracket + extra


def shell_blocks() -> list[str]:
    return SHELL.findall((ROOT / FOLDER / "README.md").read_text())


@contextmanager
def shell(script: str, folder: Path, environment: Environment) -> Iterator[Path]:
    """Runs a script, and yields the file that its output goes to."""
    output = folder / "output"
    with output.open("ab") as written:
        process = subprocess.Popen(
            ["bash", "-c", f"set -euo pipefail\n{script}\nwait"],
            cwd=folder,
            env=environment.clean,
            stdout=written,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield output
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=20)


def test_it_brings_what_the_bus_needs_and_nothing_of_the_auction_house(
    wheels: dict[str, Path], environment: Environment
) -> None:
    with zipfile.ZipFile(wheels["gavel-bus"]) as wheel:
        names = wheel.namelist()
        sources = [wheel.read(name).decode() for name in names if name.endswith(".py")]
    assert {name.split("/")[0] for name in names} == {"bus", "gavel_bus-0.1.0.dist-info"}
    assert "bus/_kit/migrations/env.py" in names
    assert any(name.endswith("/licenses/LICENSE") for name in names)
    assert not [
        text for text in sources if re.search(r"^\s*(import|from) service_kit", text, re.MULTILINE)
    ]
    listed = environment.run(
        "import importlib.metadata as m\nfor one in m.distributions(): print(one.name.lower())"
    )
    assert WITHOUT.isdisjoint(listed.split())


def test_its_readme_leads_from_nothing_to_a_delivery(
    environment: Environment, tmp_path: Path
) -> None:
    ports = {"8001": str(free_port()), "9000": str(free_port())}
    (tmp_path / "receiver.py").write_text(
        examples(FOLDER, "README.md").replace("9000", ports["9000"])
    )
    serve, deliver, _ = shell_blocks()
    serve = serve.splitlines()[1].replace("serve", f"serve --port {ports['8001']}")
    for documented, here in ports.items():
        deliver = deliver.replace(documented, here)

    with shell(serve, tmp_path, environment) as output:
        wait_for(lambda: "Ready." in output.read_text(), seconds=60, what="the bus")
        with shell(deliver, tmp_path, environment):
            told = "create https://shop.example/orders/1"
            wait_for(lambda: told in output.read_text(), seconds=60, what="the delivery")
    assert (tmp_path / "gavel-bus.key").stat().st_mode & 0o077 == 0
    assert (tmp_path / "gavel-bus.sqlite3").stat().st_mode & 0o077 == 0


def test_its_processes_run_apart_as_the_readme_says(
    environment: Environment, tmp_path: Path
) -> None:
    port = str(free_port())
    exports = "".join(f"export {name}={value}\n" for name, value in STORE.items())
    apart = exports + shell_blocks()[2].replace("8001", port)
    with shell(apart, tmp_path, environment) as output:
        wait_for(
            lambda: is_well(f"http://127.0.0.1:{port}/readyz"), seconds=60, what="the entrance"
        )
        wait_for(lambda: "worker started" in output.read_text(), seconds=60, what="the pusher")
    assert (tmp_path / "bus.sqlite3").stat().st_mode & 0o077 == 0


def is_well(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).ok
    except requests.ConnectionError:
        return False


def test_what_it_says_to_run_first_can_be_run(environment: Environment, tmp_path: Path) -> None:
    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=tmp_path,
            env=environment.clean | STORE,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    refused = run("python", "-m", "bus.worker")
    assert refused.returncode
    _, _, what = refused.stderr.strip().partition("; run: ")
    done = run(*what.split())
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "settings", "complaint"),
    [
        (["--database", "mysql://here"], {}, "BUS_DATABASE_URL: must be sqlite:///"),
        (["--database", "sqlite:////etc"], {}, "BUS_DATABASE_URL: /etc is a folder"),
        (["--database", "postgresql://here/bus"], {}, "psycopg"),
        (["--root-key-file", "/no/such/folder/key"], {}, "root key: /no/such/folder/key: "),
        ([], {"BUS_ROOT_KEY": "short"}, "BUS_ROOT_KEY: must be 16 to 255 visible"),
        ([], {"BUS_KEEP_DAYS": "many"}, "BUS_KEEP_DAYS: "),
        ([], {"BUS_NO_SUCH": "1"}, "BUS_NO_SUCH: no such setting"),
        (["--port", "80"], {}, "Invalid value for '--port'"),
        (["--host", "nowhere.invalid"], {}, "--port: can't listen at nowhere.invalid:"),
        (["--host", "192.0.2.1"], {}, "--port: can't listen at 192.0.2.1:"),
    ],
)
def test_what_is_wrong_is_one_line(
    environment: Environment,
    tmp_path: Path,
    arguments: list[str],
    settings: dict[str, str],
    complaint: str,
) -> None:
    done = subprocess.run(
        ["gavel-bus", "serve", "--port", str(free_port()), *arguments],
        cwd=tmp_path,
        env=environment.clean | settings,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert complaint in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
