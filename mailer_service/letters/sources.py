"""The templates' sources, with the layout's CSS inlined."""

from pathlib import Path

import css_inline

_FOLDER = Path(__file__).parent / "templates"


def source(name: str) -> str:
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
