"""What the server has answered outlives whoever it answered."""

from __future__ import annotations

import errno
import multiprocessing
import os
import signal
import stat
from collections.abc import Collection
from pathlib import Path
from typing import NoReturn

import pytest
from service_kit.errors import StoreUnavailable
from structlog.testing import capture_logs

from mailer_service.journal import Journal, MailKey

MAIL, OTHER = MailKey(17, 1_764_500_000_000), MailKey(18, 1_764_500_000_001)


def answered(journal: Journal, mail: MailKey, code: bytes = b"250") -> None:
    answer = journal.begin(mail)
    assert answer is not None
    answer[:] = code


def left_in(folder: Path) -> set[MailKey]:
    found: set[MailKey] = set()
    Journal(folder).left_behind(found.update)
    return found


def killed(folder: Path, *mails: MailKey, code: bytes = b"250") -> None:
    """A sender that was answered so, and was killed."""

    def be_killed() -> None:
        journal = Journal(folder)
        for mail in mails:
            answered(journal, mail, code)
        os.kill(os.getpid(), signal.SIGKILL)

    process = multiprocessing.get_context("fork").Process(target=be_killed)
    process.start()
    process.join(20)
    assert process.exitcode == -signal.SIGKILL


def test_what_was_taken_is_known_though_its_sender_was_killed(tmp_path: Path) -> None:
    killed(tmp_path, MAIL, OTHER)

    assert Journal(tmp_path).taken() == {MAIL, OTHER}
    assert left_in(tmp_path) == {MAIL, OTHER}


@pytest.mark.parametrize("code", [b"---", b"451", b"554", b"354", b"25-", b"\0\0\0"])
def test_nothing_but_a_250_says_that_it_was_taken(tmp_path: Path, code: bytes) -> None:
    killed(tmp_path, MAIL, code=code)

    assert Journal(tmp_path).taken() == frozenset()
    assert left_in(tmp_path) == set()


def test_another_sender_sees_at_once_what_was_taken_and_leaves_it_to_its_owner(
    tmp_path: Path,
) -> None:
    owner = Journal(tmp_path)
    answered(owner, MAIL)

    assert Journal(tmp_path).taken() == {MAIL}
    assert left_in(tmp_path) == set()


def test_what_is_recorded_is_forgotten(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    answered(journal, MAIL)
    answered(journal, OTHER, b"451")
    journal.recorded(MAIL)
    journal.close()

    assert list(tmp_path.iterdir()) == []


def test_what_the_ledger_could_not_record_is_left_for_the_next_who_comes(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    answered(journal, MAIL)
    answered(journal, OTHER)
    journal.recorded(MAIL)
    journal.close()

    assert OTHER in left_in(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_can_not_be_recorded_now_stays(tmp_path: Path) -> None:
    def fail(_mails: Collection[MailKey]) -> NoReturn:
        raise StoreUnavailable("locked")

    killed(tmp_path, MAIL)
    with pytest.raises(StoreUnavailable):
        Journal(tmp_path).left_behind(fail)

    assert left_in(tmp_path) == {MAIL}


def test_after_a_hundred_mails_another_file_is_begun(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    for number in range(250):
        mail = MailKey(number, 0)
        answered(journal, mail)
        journal.recorded(mail)

        (page,) = tmp_path.iterdir()
        assert page.stat().st_size == 4_000


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"\0" * 9_000,
        b"\xff" * 4_000,
        b"                 17   1764500000000 25",
        b"17 1764500000000 2500\n",
        b"x17 1764500000000 250\n",
        b"17 250\n",
        b"99999999999999999999999 1 250\n",
        b"\n" * 4_000 + b"17 1764500000000 250\n",
    ],
)
def test_rubbish_and_torn_lines_say_nothing_and_hide_nothing(
    tmp_path: Path, content: bytes
) -> None:
    killed(tmp_path, MAIL)
    (tmp_path / "0.taken").write_bytes(content)
    (tmp_path / "elsewhere").write_bytes(b"18 1764500000001 250\n")
    (tmp_path / "folder.taken").mkdir()
    (tmp_path / "link.taken").symlink_to(tmp_path / "elsewhere")

    assert Journal(tmp_path).taken() == {MAIL}
    assert left_in(tmp_path) == {MAIL}
    assert not (tmp_path / "0.taken").exists()


def test_its_files_are_private_and_name_nobody(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    killed(folder, MAIL)

    (page,) = folder.iterdir()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert page.read_bytes().strip() == b"17   1764500000000 250"


def test_without_a_folder_nothing_is_kept() -> None:
    journal = Journal(None)

    assert journal.begin(MAIL) is None
    assert journal.taken() == frozenset()
    journal.left_behind(lambda mails: pytest.fail(str(mails)))
    journal.close()


def test_where_nothing_can_be_kept_it_says_so_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object) -> NoReturn:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    journal = Journal(tmp_path)
    with monkeypatch.context() as patch, capture_logs() as lines:
        patch.setattr(os, "pwrite", full)
        assert [journal.begin(MAIL) for _ in range(3)] == [None] * 3
    assert [line["why"] for line in lines] == ["[Errno 28] No space left on device"]
    assert list(tmp_path.iterdir()) == []

    answered(journal, MAIL)
    assert journal.taken() == {MAIL}


def test_a_disk_that_takes_a_part_of_a_page_only_takes_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", lambda file, words, _at: os.write(file, words[:512]))
        assert Journal(tmp_path).begin(MAIL) is None

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_taken_away_is_made_anew(tmp_path: Path) -> None:
    folder = tmp_path / "taken"
    journal = Journal(folder)
    answered(journal, MAIL)
    (page,) = folder.iterdir()
    page.unlink()
    folder.rmdir()

    assert journal.taken() == frozenset()
    answered(journal, OTHER)
    journal.close()
    answered(journal, OTHER)
    assert journal.taken() == {OTHER}


def test_where_the_folder_should_be_is_a_file(tmp_path: Path) -> None:
    folder = tmp_path / "taken"
    folder.write_text("")

    with capture_logs() as lines:
        journal = Journal(folder)
        assert journal.begin(MAIL) is None
        assert journal.taken() == frozenset()
        journal.left_behind(lambda mails: pytest.fail(str(mails)))
    assert len(lines) == 1
