"""From a letter to the mail that goes over the wire."""

import hashlib
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.utils import format_datetime, formataddr, parseaddr
from functools import cache

from service_kit.clock import utc

from mailer_service.errors import MailRefused
from mailer_service.letters.mime import in_header, name_in_header, to_bytes
from mailer_service.letters.render import render
from mailer_service.model.mails import Envelope, Letter

_LONGEST_LINK = 900  # RFC 5322, 2.1.1: a line has 998 characters at most, and a link can't fold


def compose_mail(letter: Letter, *, key: str, sender: str, written_at_ms: int) -> Envelope:
    """The mail for a letter: the same bytes whenever it is composed.

    `key` is what its Message-ID is made of: a repeated send is one mail for the reader.

    Raises MailRefused when the recipient's address is none.
    """
    words = render(letter)
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    headers = {
        "From": _from(sender),
        "To": _recipient(letter),
        "Subject": in_header(words.subject),
        "Date": format_datetime(utc(written_at_ms)),
        "Message-ID": message_id(key, sender),
        "Auto-Submitted": "auto-generated",  # RFC 3834: no out-of-office answers, please
    }
    content = to_bytes(
        headers | _unsubscribe(letter), text=words.text, html=words.html, boundary=f"={digest}="
    )
    return Envelope(_address(sender), letter.address, content)


def message_id(key: str, sender: str) -> str:
    """A Message-ID that is the same for the same key."""
    domain = _address(sender).rpartition("@")[2] or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"


@cache
def _from(sender: str) -> str:
    return formataddr(parseaddr(sender))


@cache
def _address(sender: str) -> str:
    return parseaddr(sender)[1]


def _recipient(letter: Letter) -> str:
    try:
        Address(addr_spec=letter.address)
    except (ValueError, IndexError, HeaderParseError) as error:  # all three, by what is wrong
        raise MailRefused("the recipient's address is not an e-mail address") from error
    # The name alone is encoded: an address may be beyond ASCII.
    name = name_in_header(letter.name) if letter.name else ""
    return f"{name}<{letter.address}>"


def _unsubscribe(letter: Letter) -> dict[str, str]:
    """List-Unsubscribe (RFC 2369), with one click (RFC 8058) where one kind is to be had off."""
    if letter.unsubscribe and len(letter.unsubscribe) <= _LONGEST_LINK:
        return {
            "List-Unsubscribe": f"<{letter.unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    by_hand = letter.preferences
    if letter.about_kind.is_about_the_account or not by_hand or len(by_hand) > _LONGEST_LINK:
        return {}
    return {"List-Unsubscribe": f"<{by_hand}>"}
