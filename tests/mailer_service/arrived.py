"""What arrived at the mail server, for short assertions."""

from __future__ import annotations

from .mail_server import MailServer


def arrived(mail_server: MailServer) -> set[tuple[str, str]]:
    """(subject, address) of all mails; fails when one came twice."""
    found = [(str(m["Subject"]), str(m["To"].addresses[0].addr_spec)) for m in mail_server.mails]
    assert len(found) == len(set(found))
    assert sorted(mail_server.recipients) == sorted(address for _, address in found)
    return set(found)
