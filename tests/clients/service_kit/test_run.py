"""`make run`: settings from one template, secrets made up once, busy ports named."""

import re
import socket
import stat
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from service_kit.errors import ConfigError
from service_kit.run.ports import ports_of, refuse_busy
from service_kit.run.processes import commands_of
from service_kit.run.readiness import not_ready, wait_until_ready
from service_kit.run.settings import environment

from tests.sockets import free_port

EXAMPLE = """
VAR_DIR=var
PORT_BASE=8000
PORT_SHOP=8000
PORT_SHOP_JOBS=8010
LISTEN_HOST=127.0.0.1
SHOP_TOKEN=
SHOP_WEBHOOK_SECRET=
SHOP_URL=http://localhost:${PORT_SHOP}
SHOP_TOKENS=shop:read:${SHOP_TOKEN}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / ".env.example").write_text(EXAMPLE)
    return tmp_path


def test_ports_move_together_and_settings_follow_them(folder: Path) -> None:
    settings = environment(folder, {"PORT_BASE": "9000"})
    assert ports_of(settings) == {"shop": 9000, "shop_jobs": 9010}
    assert settings["SHOP_URL"] == "http://localhost:9000"


def test_secrets_are_made_up_once_and_only_the_owner_reads_them(folder: Path) -> None:
    first, second = environment(folder, {}), environment(folder, {})
    assert first == second
    assert len(first["SHOP_TOKEN"]) > 30
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", first["SHOP_WEBHOOK_SECRET"])
    assert first["SHOP_TOKENS"] == f"shop:read:{first['SHOP_TOKEN']}"
    assert stat.S_IMODE((folder / "var" / "secrets.env").stat().st_mode) == 0o600


def test_the_environment_beats_dot_env_and_dot_env_beats_the_example(folder: Path) -> None:
    (folder / ".env").write_text("SHOP_URL=http://a\nSHOP_TOKEN=from-dot-env\n")
    settings = environment(folder, {"SHOP_URL": "http://b", "PATH": "/bin"})
    assert settings["SHOP_URL"] == "http://b"
    assert settings["SHOP_TOKEN"] == "from-dot-env"
    assert "PATH" not in settings


@pytest.mark.parametrize(
    ("outside", "named"),
    [
        ({"PORT_BASE": "many"}, "PORT_BASE"),
        ({"PORT_SHOP": "x"}, "PORT_SHOP"),
        *(
            ({"LISTEN_HOST": bad}, "LISTEN_HOST: must be an address")
            for bad in ("localhost", "::1", "[127.0.0.1]", "127.1", "0.0.0.0:80", "0.0.0.0 -w 9")
        ),
        ({"SHOP_URL": "${NOBODY}"}, "NOBODY"),
    ],
)
def test_a_bad_setting_is_one_line_that_names_it(
    folder: Path, outside: dict[str, str], named: str
) -> None:
    with pytest.raises(ConfigError, match=named):
        environment(folder, outside)


def test_a_folder_that_cannot_be_written_is_named(folder: Path) -> None:
    (folder / "file").touch()
    with pytest.raises(ConfigError, match="file/var is not writable"):
        environment(folder, {"VAR_DIR": "file/var"})


def test_a_busy_port_is_named_with_its_process() -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        with pytest.raises(ConfigError, match=f"shop: port {port} is busy"):
            refuse_busy({"shop": port, "other": free_port()})


def test_who_is_not_ready_is_named() -> None:
    waiting = wait_until_ready({"shop": free_port()}, seconds=0, give_up=lambda: False)
    assert list(waiting) == ["shop"]


def test_who_listens_elsewhere_is_found_there() -> None:
    """Workers answer on loopback all the same."""
    with HTTPServer("127.0.0.2", free_port()) as there, HTTPServer("127.0.0.1", 0) as here:
        for server in (there, here):
            server.expect_request("/readyz").respond_with_data("{}")
        ports = {"web": there.port, "worker": here.port}
        assert list(not_ready(ports)) == ["web"]
        assert not_ready(ports, "127.0.0.2") == {}


@pytest.fixture
def staged(folder: Path) -> Path:
    """A folder with the stages `small` and `large`, and processes for either."""
    (folder / ".env.example").write_text(EXAMPLE + "STAGE=large\n")
    (folder / "Procfile").write_text("release: migrate\nshop: serve\nshop_jobs: work\n")
    (folder / "stages").mkdir()
    (folder / "stages" / "Procfile").write_text("release_all: migrate all\nall: serve all\n")
    (folder / "stages" / "large.env").write_text("PROCESSES=release shop shop_jobs\n")
    (folder / "stages" / "small.env").write_text(
        "PROCESSES=release_all all\nSHOP_URL=wsgi+http://localhost:${PORT_SHOP}\nSHOP_TOKENS=\n"
    )
    return folder


def test_a_stage_is_laid_between_the_example_and_dot_env(staged: Path) -> None:
    assert environment(staged, {})["SHOP_URL"] == "http://localhost:8000"
    small = environment(staged, {"STAGE": "small", "PORT_BASE": "9000"})
    assert small["SHOP_URL"] == "wsgi+http://localhost:9000"
    (staged / ".env").write_text("SHOP_URL=http://a\nSTAGE=small\n")
    assert environment(staged, {})["SHOP_URL"] == "http://a"
    assert environment(staged, {})["SHOP_TOKENS"] == ""
    assert environment(staged, {})["SHOP_TOKEN"] == small["SHOP_TOKEN"]


@pytest.mark.parametrize("name", ["huge", "../small", "SMALL", "small.env", " "])
def test_a_stage_that_there_is_not_is_one_line_with_those_that_there_are(
    staged: Path, name: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        environment(staged, {"STAGE": name})
    assert refused.value.complaints == (
        f"STAGE: there is no stage {name!r}; there are large, small",
    )


def test_an_empty_stage_is_the_usual_one(staged: Path) -> None:
    assert environment(staged, {"STAGE": ""})["PROCESSES"] == "release shop shop_jobs"


def test_a_stage_names_its_releases_and_processes_from_both_procfiles(staged: Path) -> None:
    small = commands_of(staged, environment(staged, {"STAGE": "small"}))
    assert (small.releases, dict(small.processes)) == (("migrate all",), {"all": "serve all"})
    everything = commands_of(staged, {})
    assert everything.releases == ("migrate",)
    assert dict(everything.processes) == {"shop": "serve", "shop_jobs": "work"}
    with pytest.raises(ConfigError, match="PROCESSES: no Procfile has shops"):
        commands_of(staged, {"PROCESSES": "shops"})


@pytest.mark.parametrize("names", ["", " ", "release"])
def test_a_stage_in_which_nothing_stays_is_refused(staged: Path, names: str) -> None:
    with pytest.raises(ConfigError, match="PROCESSES: names nothing that stays"):
        commands_of(staged, {"PROCESSES": names})
