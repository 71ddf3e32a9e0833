"""A name that hangs in the DNS holds a sender for as long as it said, and no longer."""

import threading
from collections.abc import Iterator

import pytest

from mailer_service.errors import ServerUnavailable
from mailer_service.smtp.lookup import Addresses, LookUp
from mailer_service.smtp.session import Session
from mailer_service.smtp.url import SmtpServer
from tests.waiting import PATIENCE_S, wait_for

from ..mail_server import MailServer


class Dns:
    """Answers once it is told to."""

    def __init__(self) -> None:
        self.goes_on = threading.Event()
        self.asked: list[str] = []
        self.addresses: Addresses = ("127.0.0.1",)

    def __call__(self, host: str) -> Addresses:
        self.asked.append(host)
        self.goes_on.wait(PATIENCE_S)
        return self.addresses


@pytest.fixture
def dns() -> Iterator[Dns]:
    dns = Dns()
    yield dns
    dns.goes_on.set()


def test_a_name_that_hangs_is_asked_for_once_and_given_up_in_time(dns: Dns) -> None:
    server = SmtpServer("mail.test", 25)
    session = Session(server, timeout_ms=50, look_up=LookUp(server.host, dns))
    for _ in range(3):
        with pytest.raises(ServerUnavailable, match="TimeoutError"):
            session.open()
    assert dns.asked == ["mail.test"]
    assert not session.is_open


def test_a_name_that_is_found_at_last_is_dialled(dns: Dns, mail_server: MailServer) -> None:
    server = SmtpServer("mail.test", mail_server.port)
    look_up = LookUp(server.host, dns)
    with pytest.raises(TimeoutError):
        look_up(0.01)
    dns.goes_on.set()
    session = Session(server, timeout_ms=5_000, look_up=look_up)
    wait_for(lambda: look_up(1) == ("127.0.0.1",))
    session.open()
    assert session.is_open
    session.close()


def test_an_address_that_refuses_is_passed_over(dns: Dns, mail_server: MailServer) -> None:
    dns.addresses = ("127.0.0.2", "127.0.0.1")
    dns.goes_on.set()
    server = SmtpServer("mail.test", mail_server.port)
    session = Session(server, timeout_ms=5_000, look_up=LookUp(server.host, dns))
    session.open()
    assert session.is_open
    session.close()


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 70 + ".test", "\ud800.test"])
def test_a_name_that_nobody_has_is_an_outage(host: str) -> None:
    session = Session(SmtpServer(host, 25), timeout_ms=20_000)
    with pytest.raises(ServerUnavailable):
        session.open()
