"""The documentation as a site: `make docs` (Sphinx reads this file; its names are Sphinx's)."""

import re
import sys
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

project = "Gavel"
copyright = "2026, the Gavel authors"
extensions = ["myst_parser"]
include_patterns = [
    "docs/*.md",
    "docs/decisions/*.md",
    "*.md",
    "clients/*/*.md",
    "deploy/*/*.md",
    "accounting_service/*.md",
]
exclude_patterns = [
    ".venv",
    ".git",
    "var",
    "tests",
    "bus",
    "auction_app",
    "bids_service",
    "mailer_service",
]
root_doc = "docs/index"
html_theme = "furo"
html_title = "Gavel"
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]
nitpicky = True
suppress_warnings = ["misc.highlighting_failure"]  # examples leave out with … what is no JSON then

_LINK = re.compile(r"\[([^\]]+)\]\(([^)#\s:]+)\)")


class OpenApi(SphinxDirective):
    """`{openapi}`: every call of the bus's OpenAPI document, as tables."""

    has_content: ClassVar[bool] = False

    def run(self) -> list[nodes.Node]:
        """The calls by path: what each does, what it takes, what it answers."""
        from docs.api_calls import calls

        text = "\n".join(calls())
        return self.parse_text_to_nodes(text, allow_section_headings=True)


def without_folders(app: Sphinx, page: str, source: list[str]) -> None:
    """A link to a folder of the repository is no page of the site: its text stays."""
    place = Path(app.srcdir, page).parent

    def text_of(link: re.Match[str]) -> str:
        return link[1] if (place / link[2]).is_dir() else link[0]

    source[0] = _LINK.sub(text_of, source[0])


def setup(app: Sphinx) -> dict[str, Any]:
    """Sphinx calls it."""
    app.add_directive("openapi", OpenApi)
    app.connect("source-read", without_folders)
    return {"parallel_read_safe": True}
