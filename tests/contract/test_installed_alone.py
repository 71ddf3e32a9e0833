"""Each client, built and installed by pip alone into an empty environment, runs its README."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from structlog.testing import capture_logs

from bids_service.commands.import_auctions import create_bidding
from bids_service.engine.increments import IncrementTable
from tests.bids_service.service import ALL, known_terms, start
from tests.clients.bids_client.test_readme import ADA, AUCTION, TERMS, serving
from tests.clients.bus_drain.conftest import SECRET, UUID
from tests.clients.bus_drain.test_readme import printed
from tests.clients.readme import examples
from tests.contract.conftest import bus_token
from tests.contract.distributions import HOME, Environment, built
from tests.contract.test_readme_examples import served
from tests.sockets import free_port

CLIENTS = {"bids-client": "bids_client", "bus-client": "bus_client", "bus-drain": "bus_drain"}
EXTRAS = {"bus-client": "[outbox]", "bus-drain": "[flask,fetch,sqlalchemy]"}


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each client's wheel, built from its sdist."""
    folder = tmp_path_factory.mktemp("wheels")
    return {client: built(folder, f"clients/{client}") for client in CLIENTS}


@pytest.fixture(scope="module")
def installed(
    wheels: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Environment]:
    """The environment of a client."""
    made: dict[str, Environment] = {}

    def of(client: str) -> Environment:
        if client not in made:
            folder = tmp_path_factory.mktemp(client)
            made[client] = Environment(folder, f"{wheels[client]}{EXTRAS.get(client, '')}")
        return made[client]

    return of


@pytest.mark.parametrize(("client", "package"), CLIENTS.items())
def test_it_brings_its_types_its_licence_and_what_it_needs_of_the_kit(
    wheels: dict[str, Path], client: str, package: str
) -> None:
    with zipfile.ZipFile(wheels[client]) as wheel:
        names = set(wheel.namelist())
        (metadata,) = (name for name in names if name.endswith("/METADATA"))
        told = wheel.read(metadata).decode()
        sources = {name: wheel.read(name).decode() for name in names if name.endswith(".py")}

    assert {f"{package}/__init__.py", f"{package}/py.typed", f"{package}/_kit/hal.py"} <= names
    assert {name.split("/")[0] for name in names} == {package, metadata.split("/")[0]}
    assert any(name.endswith("/licenses/LICENSE") for name in names)
    assert "Requires-Dist: service-kit" not in told
    assert f"Project-URL: Homepage, {HOME}\n" in told
    assert f"Project-URL: Changelog, {HOME}/blob/HEAD/clients/{client}/CHANGELOG.md\n" in told
    assert [name for name, text in sources.items() if "import service_kit" in text] == []
    assert [name for name, text in sources.items() if "from service_kit" in text] == []


@pytest.mark.parametrize(("client", "package"), CLIENTS.items())
def test_it_knows_its_version(
    installed: Callable[[str], Environment], client: str, package: str
) -> None:
    told = installed(client).run(
        f"import {package}, importlib.metadata as m; "
        f"print({package}.__version__ == m.version({client!r}))"
    )
    assert told == "True\n"


def test_bus_client_runs_its_readme(
    installed: Callable[[str], Environment], wheels: dict[str, Path], bus: Flask
) -> None:
    installed("bus-client").install(str(wheels["bus-drain"]))  # which its example receives with
    names = {"publisher_token": bus_token(bus, "shop"), "subscriber_token": bus_token(bus, "stock")}
    program = examples("clients", "bus-client", "README.md")
    with served(bus) as url:
        output = installed("bus-client").run(program, {"bus_url": url, **names})
    assert "default active" in output
    assert output.endswith("create https://shop.example/orders/1\n")


def test_bids_client_runs_its_readme(
    installed: Callable[[str], Environment], sqlite_copy: Callable[[str], str]
) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    service = start(sqlite_copy("bids_service"), public_url=url)
    steps = IncrementTable.of([[0, 50]])
    create_bidding(service.parts.books, AUCTION, known_terms(start_price=1000, increments=steps))
    names = {"bids_url": url, "token": ALL, "auction": AUCTION, "ada": ADA, "terms": TERMS}
    with serving(service.app, port), capture_logs():
        output = installed("bids-client").run(
            examples("clients", "bids-client", "README.md"), names
        )
    service.parts.close()
    assert output.startswith("leading at 10.00 USD\n")


def test_bus_drain_runs_its_readme(installed: Callable[[str], Environment]) -> None:
    program = examples("clients", "bus-drain", "README.md")
    settings = {"WEBHOOK_UUID": UUID, "WEBHOOK_SECRET": SECRET}
    assert installed("bus-drain").run(program, settings=settings) == printed()


@pytest.mark.parametrize(
    ("client", "program", "extra"),
    [
        ("bus-drain", "import bus_drain.jobs", "bus-drain[jobs]"),
        ("bus-drain", "import bus_drain; bus_drain.open_state('redis://h')", "bus-drain[redis]"),
        ("bus-client", "import bus_client; bus_client.connect('huey:sqlite:///q', '')", "[huey]"),
    ],
)
def test_what_an_extra_would_bring_is_named(
    installed: Callable[[str], Environment], client: str, program: str, extra: str
) -> None:
    told = installed(client).run(
        f"try:\n    {program}\nexcept (ImportError, ValueError) as error:\n    print(error)"
    )
    assert "pip install" in told
    assert extra in told
