"""`python -m mailer_service.mailbox` as a real process, and in a real browser."""

from __future__ import annotations

import json
import smtplib
import socket
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Dialog, Page

from tests.sockets import free_port

from ..processes import Process, answers
from .test_app import HOSTILE

pytestmark = pytest.mark.slow


@dataclass
class Box:
    """A mailbox process that can be started again on its ports."""

    folder: Path
    log: Path
    port: int
    smtp_port: int
    process: Process | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def launch(self, **changes: str) -> Process:
        settings = {
            "MAILBOX_PORT": str(self.port),
            "MAILBOX_SMTP_PORT": str(self.smtp_port),
            "MAILBOX_DIR": str(self.folder),
        }
        self.process = Process.start(["mailer_service.mailbox"], settings | changes, self.log)
        return self.process

    def start(self) -> None:
        self.launch().wait_until(lambda: answers(f"{self.url}/readyz"), "the mailbox is ready")

    def send(self, content: bytes) -> None:
        with smtplib.SMTP("127.0.0.1", self.smtp_port, "test", timeout=10) as smtp:
            smtp.sendmail("a@example.org", ["b@example.org"], content)

    def mails(self) -> list[dict[str, Any]]:
        request = urllib.request.Request(self.url, headers={"Accept": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            found: list[dict[str, Any]] = json.load(answer)["mails"]
            return found


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    box = Box(tmp_path / "mails", tmp_path / "log", free_port(), free_port())
    yield box
    if box.process:
        box.process.kill()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


def test_mails_survive_kill_9(box: Box) -> None:
    box.start()
    box.send(b"Subject: one\r\n\r\n")
    assert box.process is not None
    box.process.kill()

    box.start()
    box.send(b"Subject: two\r\n\r\n")

    assert [mail["subject"] for mail in box.mails()] == ["two", "one"]


def test_sigterm_ends_it_cleanly(box: Box) -> None:
    box.start()
    assert box.process is not None
    assert box.process.terminate() == 0


@pytest.mark.parametrize("setting", ["MAILBOX_PORT", "MAILBOX_SMTP_PORT"])
def test_a_busy_port_is_one_clear_line(box: Box, setting: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        process = box.launch(**{setting: str(port)})

        assert process.popen.wait(30) == 2
    assert box.log.read_text() == f"{setting}: cannot listen on {port}: Address already in use\n"


def test_a_folder_that_cant_be_made_is_one_clear_line(box: Box, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "mails"
    process = box.launch(MAILBOX_DIR=str(folder))

    assert process.popen.wait(30) == 2
    assert box.log.read_text() == f"MAILBOX_DIR: {folder} can't be: Not a directory\n"


def test_in_a_browser_a_hostile_mail_runs_nothing_and_its_links_open(box: Box, page: Page) -> None:
    box.start()
    box.send(HOSTILE.replace(b"http://localhost:8000/", f"{box.url}/healthz".encode()))
    dialogs: list[str] = []

    def note(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", note)
    (mail,) = box.mails()

    page.goto(f"{box.url}/mails/{mail['id']}/html")
    page.goto(box.url)
    page.click("nav a")
    frame = page.frame_locator("iframe")
    frame.locator("a").wait_for()
    assert dialogs == []

    with page.expect_popup() as popup:
        frame.locator("a").click()
    assert popup.value.url == f"{box.url}/healthz"


def test_in_a_browser_the_list_follows_by_itself(box: Box, page: Page) -> None:
    box.start()
    page.goto(box.url)
    page.get_by_text("No mail yet").wait_for()

    box.send(b"Subject: first\r\n\r\n")
    page.get_by_text("first").wait_for()
    page.click("nav a")
    box.send(b"Subject: second\r\n\r\n")
    page.get_by_text("second").wait_for()

    assert page.locator("nav a[aria-current]").inner_text().endswith("first")
