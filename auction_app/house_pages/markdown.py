"""Markdown to HTML that is safe to show whoever wrote it (CommonMark, and tables)."""

from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

_SCHEMES = ("https://", "http://", "mailto:")
_NEVER = ("html_block", "html_inline", "image", "autolink")
_PAGES_KEPT = 64


@lru_cache(maxsize=_PAGES_KEPT)
def to_html(text: str) -> str:
    """The HTML: no markup, script or picture of the author's; links lead to http(s), mail, a page
    of ours, and nowhere else. The page has its heading already, so these begin a level below.

    Kept, because a page is read more often than it is written.
    """
    markdown = MarkdownIt("js-default", {"html": False, "linkify": False}).disable(_NEVER)
    markdown.validateLink = _is_harmless  # type: ignore[method-assign]
    tokens = markdown.parse(text)
    for token in tokens:
        _fit_in(token)
    return str(markdown.renderer.render(tokens, markdown.options, {}))


def _is_harmless(url: str) -> bool:
    is_ours = url.startswith(("/", "#")) and not url.startswith("//")
    return is_ours or url.casefold().startswith(_SCHEMES)


def _fit_in(token: Token) -> None:
    token.attrs.pop("style", None)  # of a column that is aligned; our policy takes no styles
    if token.type in {"heading_open", "heading_close"}:
        token.tag = f"h{min(int(token.tag[1]) + 1, 6)}"
