"""Prepares a mail's HTML for its frame."""

import re

_HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)
_BASE = '<base target="_blank">'


def framed(html: str) -> str:
    """The same HTML, whose links open in a tab of their own: in the frame they would be blocked."""
    if head := _HEAD.search(html):
        return html[: head.end()] + _BASE + html[head.end() :]
    return _BASE + html
