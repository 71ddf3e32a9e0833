"""The documentation as a site: every page builds, and every link of it leads somewhere."""

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.docs.test_citations import PAGES, ROOT

pytestmark = pytest.mark.slow

HREF = re.compile(r'href="([^"#]*)(?:#([^"]*))?"')


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built as `make docs` builds it, where a warning is an error."""
    folder = tmp_path_factory.mktemp("site")
    strict = ["-q", "-W", "--keep-going", "-d", str(folder / "cache"), "-c", "docs"]
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", *strict, ".", str(folder / "html")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return folder / "html"


def test_every_page_of_the_repository_is_in_it(site: Path) -> None:
    missing = [
        str(page.relative_to(ROOT))
        for page in PAGES
        if not (site / page.relative_to(ROOT).with_suffix(".html")).exists()
        and "tests" not in page.parts
    ]
    assert missing == []


def test_every_link_within_it_leads_to_a_page_and_a_heading(site: Path) -> None:
    broken = []
    pages = {page: page.read_text() for page in site.rglob("*.html")}
    for page, text in pages.items():
        for target, heading in HREF.findall(text):
            if ":" in target:
                continue
            path = unquote(target).partition("?")[0]  # behind it, what a file's text sums up to
            file = (page.parent / path).resolve() if path else page
            if not file.exists() or (heading and f'id="{unquote(heading)}"' not in pages[file]):
                broken.append(f"{page.relative_to(site)}: {target}#{heading}")
    assert broken == []


def test_the_api_has_every_call_of_the_bus(site: Path) -> None:
    text = (site / "docs" / "api.html").read_text()
    for path in ("/topics/{topic}", "/events", "/clients/{client}/subscriptions/{name}", "/audit"):
        assert f">{path}<" in text
    assert "GAVEL" not in text
    assert "Traceback" not in text
