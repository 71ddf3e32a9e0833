"""The words of a letter: subject, plain text and HTML say the same, because they are one
template."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import css_inline
from jinja2 import Environment, FunctionLoader, StrictUndefined, Template

from mailer_service.letters.formats import amount_in_words, language_of, locale_of, time_in_words
from mailer_service.model.mails import Letter

_FOLDER = Path(__file__).parent / "templates"
_GOOD, _BAD, _HURRY, _PLAIN = "#146c3a", "#a3301f", "#b07a10", "#0f5d56"
_EDGES = {
    "won": _GOOD,
    "sold": _GOOD,
    "welcome": _GOOD,
    "order-paid": _GOOD,
    "order-received": _GOOD,
    "outbid": _BAD,
    "address-warning": _BAD,
    "sign-in-changed": _HURRY,
    "order-cancelled": _BAD,
    "order-refunded": _BAD,
    "order-on-hold": _HURRY,
    "order-unpaid": _BAD,
    "return-asked": _HURRY,
    "return-refunded": _GOOD,
    "payment-due-soon": _HURRY,
    "payment-overdue": _BAD,
    "cancel-asked": _HURRY,
    "item-removed": _BAD,
    "account-closed": _BAD,
    "appeal-rejected": _BAD,
    "message-removed": _BAD,
    "message-stays": _BAD,
    "bidding-stopped": _BAD,
    "auction-ended": _BAD,
    "bids-removed": _HURRY,
    "decision-lifted": _GOOD,
    "message-shown": _GOOD,
    "bidding-resumed": _GOOD,
    "ending-soon": _HURRY,
    "second-chance": _HURRY,
    "subscription-failing": _BAD,
    "subscription-disabled": _BAD,
    "subscription-dead-letters": _BAD,
    "subscription-resync": _BAD,
    "subscription-behind": _HURRY,
    "subscription-recovered": _GOOD,
    "subscription-caught-up": _GOOD,
}
"""The colour of a mail's upper edge. Never the only thing that says it."""


@dataclass(frozen=True)
class RenderedMail:
    """What a mail says: one line, and the same twice."""

    subject: str
    text: str
    html: str


def render(letter: Letter) -> RenderedMail:
    """The words of a letter in the language of its reader."""
    facts = _facts(letter)
    return RenderedMail(
        subject=_subject(letter, facts),
        text=_page(letter, "layout.txt", facts).rstrip() + "\n",
        html=_page(letter, "layout.html", facts),
    )


def _page(letter: Letter, layout: str, facts: dict[str, Any]) -> str:
    return _template(letter, layout).render(facts | {"layout": layout})


def _subject(letter: Letter, facts: dict[str, Any]) -> str:
    template = _template(letter, "layout.txt")
    context = template.new_context(facts | {"layout": "layout.txt"})
    return " ".join("".join(template.blocks["subject"](context)).split())


def _facts(letter: Letter) -> dict[str, Any]:
    locale = locale_of(letter.locale)
    return {
        "language": language_of(locale),
        "edge": _EDGES.get(letter.about_kind.name, _PLAIN),
        "name": letter.name,
        "title": letter.title,
        "about": letter.about,
        "words": letter.text,
        "side": letter.side,
        "reserve_missed": letter.is_reserve_missed,
        "at_once": letter.is_bought_at_once,
        "link": letter.link,
        "count": letter.count,
        "rest": letter.count - len(letter.items),
        "preferences": letter.preferences,
        "unsubscribe": letter.unsubscribe,
        "price": amount_in_words(letter.price, locale) if letter.price else None,
        "until": _time(letter.until_ms, letter),
        "since": _time(letter.since_ms, letter),
        "ended": _time(letter.ended_ms, letter),
        "reason": letter.reason,
        "items": [_item(item, letter) for item in letter.items],
    }


def _time(at_ms: int | None, letter: Letter) -> str | None:
    if not at_ms:
        return None
    return time_in_words(at_ms, locale_of(letter.locale), letter.time_zone)


def _item(item: Letter, summary: Letter) -> dict[str, Any]:
    facts = _facts(item) | {"language": language_of(locale_of(summary.locale))}
    return {"headline": _subject(item, facts), "price": facts["price"], "link": item.link}


@cache
def _environment(autoescape: bool) -> Environment:
    return Environment(
        loader=FunctionLoader(_source),
        undefined=StrictUndefined,
        autoescape=autoescape,  # noqa: S701 - False for the plain text, where nothing is markup
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _template(letter: Letter, layout: str) -> Template:
    # What escapes is the layout's business: the same words go into HTML and into plain text.
    language = language_of(locale_of(letter.locale))
    environment = _environment(layout.endswith(".html"))
    return environment.get_template(f"{language}/{letter.about_kind.name}.j2")


def _source(name: str) -> str:
    """The source of a template by its path. Raises FileNotFoundError."""
    text = (_FOLDER / name).read_text()
    return _inlined(text) if name.endswith(".html") else text


def _inlined(layout: str) -> str:
    """CSS goes into the elements once, in the template, and not into each mail anew: that would
    cost a fifth of a mail.

    Template tags are text to the inliner, which would move them out of a table; so between a
    table's rows they are written as comments.
    """
    inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)
    return inliner.inline(layout).replace("<!--{%", "{%").replace("%}-->", "%}")
