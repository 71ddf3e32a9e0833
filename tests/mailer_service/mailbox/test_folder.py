"""Mails as files."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailer_service.mailbox.folder import MailFolder
from tests.faults import files_of_at_most

from .conftest import Ticking


def test_mails_are_there_after_a_restart(tmp_path: Path) -> None:
    mail_id = MailFolder(tmp_path, Ticking()).keep(b"one")

    assert MailFolder(tmp_path, Ticking()).read(mail_id) == b"one"


def test_the_newest_come_first_page_by_page(folder: MailFolder) -> None:
    ids = [folder.keep(b"x") for _ in range(5)]

    first = folder.newest(2)
    assert first == ids[:2:-1]
    assert folder.newest(10, before=first[-1]) == ids[2::-1]


@pytest.mark.parametrize(
    "mail_id", ["../secret", "", ".", "1700000000000-../../..", "1700000000000-ABCDEF01", "x" * 300]
)
def test_only_ids_of_mails_are_read(folder: MailFolder, tmp_path: Path, mail_id: str) -> None:
    (tmp_path / "secret.eml").write_text("secret")

    assert folder.read(mail_id) is None


def test_a_mail_half_written_and_other_files_are_no_mails(tmp_path: Path) -> None:
    (tmp_path / ".1700000000000-abcdef01").write_text("half")
    (tmp_path / "notes.eml").write_text("note")

    assert MailFolder(tmp_path, Ticking()).newest(10) == []


def test_with_room_for_something_small_only_a_folder_is_not_ready_and_keeps_no_half_mails(
    folder: MailFolder, tmp_path: Path
) -> None:
    folder.check()
    with files_of_at_most(100_000):
        with pytest.raises(OSError, match="too large"):
            folder.keep(b"x" * 300_000)
        with pytest.raises(OSError, match="too large"):
            folder.check()
    folder.check()
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []
