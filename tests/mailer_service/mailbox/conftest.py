"""A mailbox in process."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from mailer_service.mailbox.app import create_app
from mailer_service.mailbox.folder import MailFolder

MAIL = b"""\
From: Gavel <mail@gavel.example>\r
To: Ada <ada@example.org>\r
Subject: =?utf-8?q?=C3=84pfel?= for you\r
Message-ID: <1@gavel.example>\r
MIME-Version: 1.0\r
Content-Type: multipart/alternative; boundary="b"\r
\r
--b\r
Content-Type: text/plain; charset="utf-8"\r
Content-Transfer-Encoding: quoted-printable\r
\r
Gr=C3=BC=C3=9Fe\r
--b\r
Content-Type: text/html; charset="utf-8"\r
\r
<html><head></head><body><a href="http://localhost:8000/">go</a></body></html>\r
--b--\r
"""


@dataclass
class Ticking:
    """A clock that goes on by a millisecond each time it is read."""

    ticks: Any = field(default_factory=lambda: count(1_700_000_000_000))

    def __call__(self) -> int:
        return int(next(self.ticks))


@pytest.fixture
def folder(tmp_path: Path) -> MailFolder:
    return MailFolder(tmp_path / "mails", Ticking())


@pytest.fixture
def client(folder: MailFolder) -> FlaskClient:
    return create_app(folder).test_client()
