"""What each stage is made of, and what it promises."""

import statistics
import subprocess
import time
from contextlib import closing
from pathlib import Path

import pytest
import requests
from dotenv import dotenv_values
from service_kit.run.processes import commands_of
from service_kit.run.settings import environment

from tests.procfile import ROOT, surroundings
from tests.system.bidder import Bids
from tests.system.house import House
from tests.system.mails import MAIL_BY_MAIL
from tests.system.sizes import size_of
from tests.system.smtp import Letters

STAGES = ("mvp", "background", "bus", "soa")
BUDGET_S = 1.0
DEADLINE_S = 2.0


def processes(folder: Path, stage: str) -> set[str]:
    return set(
        commands_of(ROOT, environment(ROOT, {"STAGE": stage, "VAR_DIR": str(folder)})).processes
    )


def test_each_stage_has_the_processes_that_it_is_for(tmp_path: Path) -> None:
    mvp, background, bus, soa = (processes(tmp_path, stage) for stage in STAGES)
    assert mvp == {"house", "mailbox", "till"}
    assert background - mvp == {"house_jobs"}
    assert bus - background == {"accounting", "bus", "pusher", "live", "mailer", "mailer_jobs"}
    assert soa - bus == {"bids", "bids_commands", "bids_jobs", "auctions", "auctions_jobs"}
    assert mvp <= background <= bus
    assert bus - soa == {"house", "house_jobs"}


def test_no_service_knows_a_stage_by_name() -> None:
    services = ["auction_app", "bids_service", "mailer_service", "accounting_service", "bus"]
    grep = ["git", "grep", "-nE", "STAGE|stage ==", "--", *services]
    found = subprocess.run(grep, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (1, "")


def test_every_setting_of_a_stage_is_one_of_the_example() -> None:
    example = dotenv_values(ROOT / ".env.example", interpolate=False)
    for stage in STAGES:
        theirs = dotenv_values(ROOT / "stages" / f"{stage}.env", interpolate=False)
        assert theirs.keys() - example.keys() == {"PROCESSES"}


@pytest.mark.parametrize(
    ("stage", "setting", "value", "line"),
    [
        ("mvp", "AUCTIONS_BIDS_URL", "wsgi+http://localhost:9", "does not hold that app"),
        ("soa", "AUCTIONS_BIDS_URL", "wsgi+http://localhost:${PORT_BIDS}", "not hold that app"),
        ("soa", "BIDS_BUS_URL", "inline:", "is for a process that holds all who listen"),
        ("background", "BIDS_BUS_URL", "huey:", "huey: needs a database"),
        ("mvp", "BIDS_BUS_URL", "http://localhost:8001", "must be as AUCTIONS_BUS_URL"),
    ],
)
def test_what_cannot_work_is_refused_in_one_line_that_names_the_setting(
    tmp_path: Path, stage: str, setting: str, value: str, line: str
) -> None:
    settings = environment(ROOT, {"STAGE": stage, "VAR_DIR": str(tmp_path), setting: value})
    commands = commands_of(ROOT, settings)
    works = {"BIDS_BUS_URL": "bids_jobs", "AUCTIONS_BIDS_URL": "auctions"}
    name = "house" if "house" in commands.processes else works[setting]
    done = subprocess.run(
        commands.processes[name],
        shell=True,
        cwd=ROOT,
        env=surroundings(settings),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    said = [text for text in done.stderr.splitlines() if "[INFO]" not in text]
    assert done.returncode == 2, done.stderr
    assert len({text for text in said if setting in text}) == 1
    assert all(text.partition(":")[0].isupper() for text in said), done.stderr
    assert any(line in text for text in said)


def seconds(bids: Bids) -> float:
    review = bids.review()
    started = time.monotonic()
    bids.confirm(review)
    return time.monotonic() - started


def test_one_process_is_small_and_waits_for_a_hanging_smtp_server_only_so_long(
    tmp_path: Path, letters: Letters
) -> None:
    settings = {
        "STAGE": "mvp",
        "SMTP_URL": f"smtp://127.0.0.1:{letters.port}",
        "MAILER_SMTP_TIMEOUT_MS": str(round(DEADLINE_S * 1000)),
    }
    # Who is forked shares memory with others.
    with closing(House(tmp_path / "var", settings | MAIL_BY_MAIL, forked=False)) as house:
        house.start()
        bids = Bids(house.url("auctions"))
        usual_s = max(seconds(bids) for _ in range(5))
        assert size_of(house).memory_mib < 200
        told = requests.get(f"{house.url('house')}/metrics", timeout=10).text
        assert "# TYPE outbox_waiting_events gauge" in told
        assert "mailer_queued_mails{" in told
        letters.hold()
        took = [seconds(bids) for _ in range(15)]
        letters.let_go()
    assert max(took) <= DEADLINE_S + BUDGET_S + max(1.0, usual_s)
    # Only who finds out waits for it.
    assert statistics.median(took) <= BUDGET_S + max(1.0, usual_s)
