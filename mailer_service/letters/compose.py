"""From a letter to a mail: subject, text and HTML say the same, because they are one template."""

import hashlib
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import cache

import css_inline
from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from mailer_service.errors import MailRefused
from mailer_service.letters.money import in_words, locale_of
from mailer_service.model import Letter

# 7bit: not every server on the way takes 8BITMIME. 998: folding mangles long header values.
_POLICY = SMTP.clone(max_line_length=998, cte_type="7bit")


def compose(letter: Letter, *, key: str, sender: str, written_at_ms: int) -> EmailMessage:
    """The mail for a letter: the same bytes, boundary aside, whenever it is composed.

    `key` is what its Message-ID is made of: a repeated send is one mail for the reader.

    Raises MailRefused when the recipient's address is none.
    """
    message = EmailMessage(policy=_POLICY)
    message["From"] = sender
    message["To"] = _recipient(letter)
    message["Subject"] = _subject(letter)
    message["Date"] = format_datetime(datetime.fromtimestamp(written_at_ms / 1000, UTC))
    message["Message-ID"] = message_id(key, sender)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
    message.set_content(_text(letter))
    message.add_alternative(_html(letter), subtype="html")
    return message


def message_id(key: str, sender: str) -> str:
    """A Message-ID that is the same for the same key."""
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"


def _recipient(letter: Letter) -> Address:
    try:
        return Address(display_name=letter.name, addr_spec=letter.address)
    except (ValueError, IndexError, HeaderParseError) as error:  # all three, by what is wrong
        raise MailRefused("the recipient's address is not an e-mail address") from error


def _subject(letter: Letter) -> str:
    template = _template("layout.txt", letter.template)
    return "".join(template.blocks["subject"](template.new_context(_facts(letter, "layout.txt"))))


def _text(letter: Letter) -> str:
    return _template("layout.txt", letter.template).render(_facts(letter, "layout.txt")) + "\n"


def _html(letter: Letter) -> str:
    page = _template("layout.html", letter.template).render(_facts(letter, "layout.html"))
    return _inliner().inline(page)


def _facts(letter: Letter, layout: str) -> dict[str, str | None]:
    locale = locale_of(letter.locale)
    return {
        "layout": layout,
        "name": letter.name,
        "title": letter.title,
        "about": letter.about,
        "link": letter.link,
        "price": in_words(letter.price, locale) if letter.price else None,
    }


@cache
def _environment(autoescape: bool) -> Environment:
    return Environment(
        loader=PackageLoader("mailer_service.letters"),
        undefined=StrictUndefined,
        autoescape=autoescape,  # noqa: S701 - False for the plain text, where nothing is markup
        trim_blocks=True,
    )


def _template(layout: str, kind: str) -> Template:
    # What escapes is the layout's business: the same words go into HTML and into plain text.
    return _environment(layout.endswith(".html")).get_template(f"en/{kind}.j2")


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(load_remote_stylesheets=False)
