"""The house's settings: what cannot work together is named, in a line each."""

from pathlib import Path

import pytest
from service_kit.config import ConfigError
from service_kit.run.settings import environment

from stages.config import read, read_apps

ROOT = Path(__file__).parents[2]


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """The environment of a stage, with a setting of its own."""
    name, setting, value = request.param
    chosen = {"STAGE": name, "VAR_DIR": str(tmp_path), setting: value}
    for variable, text in environment(ROOT, chosen).items():
        monkeypatch.setenv(variable, text)


def complaints() -> list[str]:
    try:
        read_apps(read())
    except ConfigError as error:
        return list(error.complaints)
    return []


HERE = "wsgi+http://localhost:${PORT_BIDS}"
ELSEWHERE = "http://localhost:${PORT_BIDS}"


@pytest.mark.parametrize(
    "stage",
    [
        *((name, "HOUSE_JOBS_PORT", "9") for name in ("mvp", "background", "bus")),
        ("mvp", "HOUSE_APPS", " mailer, bids ,auctions,accounting"),
        ("mvp", "AUCTIONS_BIDS_URL", ELSEWHERE),
        ("bus", "AUCTIONS_LIVE_URL", "https://live.example"),
        ("background", "HOUSE_JOBS_PORT", ""),
    ],
    indirect=True,
)
@pytest.mark.usefixtures("stage")
def test_what_works_is_taken() -> None:
    assert complaints() == []


@pytest.mark.parametrize(
    ("stage", "lines"),
    [
        (("mvp", "HOUSE_APPS", "auctions"), ["AUCTIONS_BIDS_URL: wsgi+", "PAYOUTS_URL: wsgi+"]),
        (("mvp", "HOUSE_APPS", "accounting"), ["ACCOUNTING_PAYMENTS_URL: wsgi+"]),
        (
            ("mvp", "HOUSE_APPS", "bids,mailer"),
            ["BIDS_AUCTIONS_URL: wsgi+", "MAILER_AUCTIONS_URL: wsgi+"],
        ),
        (("bus", "HOUSE_APPS", "auctions,bids,mailer"), []),
        (("mvp", "HOUSE_APPS", "auctions,bidz"), ["HOUSE_APPS: must be some of auctions, bids"]),
        (("mvp", "HOUSE_APPS", ","), ["HOUSE_APPS: must be some of auctions, bids"]),
        (("mvp", "HOUSE_APP", "auctions"), []),
        (("mvp", "MAILER_BIDS_URL", "wsgi+https://localhost:8002"), ["MAILER_BIDS_URL: wsgi+"]),
        (("mvp", "MAILER_BIDS_URL", "wsgi+wsgi+http://a"), ["MAILER_BIDS_URL: not an"]),
        (("mvp", "MAILER_BIDS_URL", "wsgi+"), ["MAILER_BIDS_URL: not an"]),
        (("mvp", "BIDS_BUS_URL", "huey:sqlite:////tmp/q"), ["BIDS_BUS_URL: must be as AUCTIONS_"]),
        (("bus", "AUCTIONS_BUS_URL", "inline:"), ["BIDS_BUS_URL: must be as AUCTIONS_BUS_URL"]),
        (
            ("mvp", "AUCTIONS_BUS_URL", "inline:other"),
            ["BIDS_BUS_URL, MAILER_BUS_URL, ACCOUNTING_BUS_URL: must be as AUCTIONS_BUS_URL"],
        ),
        (("background", "MAILER_BUS_URL", "huey:sqlite:///"), ["MAILER_BUS_URL: huey:sqlite:"]),
        (("background", "MAILER_BUS_URL", "huey:mysql://a/b"), ["MAILER_BUS_URL: huey: needs"]),
        (("background", "AUCTIONS_BUS_URL", "carrier:"), ["AUCTIONS_BUS_URL: carrier: is no bus"]),
    ],
    indirect=["stage"],
)
@pytest.mark.usefixtures("stage")
def test_what_cannot_work_is_a_line_that_names_the_setting(lines: list[str]) -> None:
    found = complaints()
    assert len(found) == len(lines), found
    for complaint, line in zip(sorted(found), sorted(lines), strict=True):
        assert complaint.startswith(line)
