"""What code and pages cite is there: rules by number, pages, their headings, files, modules."""

import ast
import io
import re
import subprocess
import tokenize
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from pkgutil import resolve_name

ROOT = Path(__file__).parents[2]
LAWS = {"D": "docs/delivery.md", "B": "docs/bidding.md", "P": "docs/bidding.md"}
RULE = re.compile(r"\b[DBP][1-9][0-9]?\b")
# Numbers and names from papers outside the repository, which nobody can look up.
LOST = re.compile(r"\b(?:bus\.md|[Rr]ules? [0-9]|cases file|design/)")
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)\s]+)\)")
PAGE = re.compile(r"(?<![\w/-])docs/[A-Za-z0-9_/-]+(?:\.(?:md|py|svg))?\b(?:, \"([^\"]+)\")?")

_SERVICES = "accounting_service|auction_app|bids_service|bus|mailer_service"
_CLIENTS = "bids_client|bus_client|bus_drain|service_kit"
FILE = re.compile(rf"(?<![\w/.:-])(?:{_SERVICES}|clients|tests)/[\w./-]*[\w/]")
MODULE = re.compile(rf"(?<![\w/.@'\"-])(?:{_SERVICES}|{_CLIENTS}|tests)(?:\.[A-Za-z_]\w*)+")


def tracked(*suffixes: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split("\0")
    return [
        ROOT / name
        for name in sorted(filter(None, listed))
        if name.endswith(suffixes) and "/vendor/" not in name and (ROOT / name).is_file()
    ]


CODE = tracked(".py")
PAGES = tracked(".md")


@cache
def headings(page: Path) -> tuple[str, ...]:
    text = FENCED.sub("", page.read_text())
    return tuple(re.findall(r"^#+ (.+)$", text, re.MULTILINE))


def anchor(heading: str) -> str:
    """As GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@cache
def rules() -> tuple[str, ...]:
    return tuple(
        found[0]
        for law in dict.fromkeys(LAWS.values())
        for heading in headings(ROOT / law)
        if (found := re.match(r"[DBP][0-9]+(?=\. )", heading))
    )


@cache
def words(path: Path) -> str:
    """The comments and docstrings of a module: what is said and not done."""
    source = path.read_text()
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    comments = [token.string for token in tokens if token.type == tokenize.COMMENT]
    strings = [
        node.value.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    ]
    return "\n".join(comments + strings)


def said(path: Path) -> str:
    return words(path) if path.suffix == ".py" else path.read_text()


def cited_rules(text: str) -> set[str]:
    """Those of docs/delivery.md and docs/bidding.md; "case D12" is a worked case, and none."""
    return set(RULE.findall(re.sub(r"\bcases? [A-Z][0-9]+", "", text)))


def rules_meant(text: str) -> set[str]:
    """The same with those that a range has between its ends."""
    ranges = re.findall(r"\b([DBP])([0-9]+) to [DBP]([0-9]+)\b", text)
    between = {f"{a}{n}" for a, first, last in ranges for n in range(int(first), int(last) + 1)}
    return cited_rules(text) | between


def unknown_rules(text: str) -> list[str]:
    return sorted(cited_rules(text) - set(rules()))


def missing_pages(text: str) -> Iterator[str]:
    for cited in PAGE.finditer(text.replace("docs/decisions/NNNN-title.md", "")):
        path, heading = ROOT / cited[0].partition(",")[0], cited[1]
        found = [path] if path.exists() else list(path.parent.glob(f"{path.name}-*.md"))
        if len(found) != 1 or (heading and heading not in headings(found[0])):
            yield cited[0]


def missing_files(text: str) -> list[str]:
    return [file for file in FILE.findall(text) if not (ROOT / file).exists()]


def missing_modules(path: Path) -> list[str]:
    # In the client's own page `bus` is the client that it makes.
    found = MODULE.findall(said(path))
    if path.parent.name == "bus-client":
        found = [module for module in found if not module.startswith("bus.")]
    return [module for module in found if not is_importable(module)]


@cache
def is_importable(dotted: str) -> bool:
    """Whether it is a module, or something in one."""
    try:
        resolve_name(dotted)
    except (ImportError, AttributeError):
        return False
    return True


def missing_links(page: Path) -> Iterator[str]:
    for link in LINK.findall(FENCED.sub("", page.read_text())):
        file, _, place = link.partition("#")
        target = page.parent / file if file else page
        if not target.exists() or (place and place not in map(anchor, headings(target))):
            yield link


def wrong(paths: Iterable[Path], look: Callable[[Path], Iterable[str]]) -> dict[str, list[str]]:
    """What is wrong in each file where something is."""
    found = {str(path.relative_to(ROOT)): list(look(path)) for path in paths}
    return {file: complaints for file, complaints in found.items() if complaints}


def laws_not_named(path: Path) -> set[str]:
    text = words(path)
    laws = {LAWS[rule[0]] for rule in cited_rules(text)}
    return {law for law in laws if law not in text}


def test_the_rules_are_numbered_without_a_gap() -> None:
    for letter in LAWS:
        numbers = [int(rule[1:]) for rule in rules() if rule[0] == letter]
        assert numbers == list(range(1, len(numbers) + 1))
        assert numbers


def test_a_law_says_first_how_many_rules_it_has() -> None:
    for letter, law in LAWS.items():
        last = [rule for rule in rules() if rule[0] == letter][-1]
        assert f"{letter}1 to {last})" in (ROOT / law).read_text().partition("\n## ")[0]


def test_every_rule_that_is_cited_is_there() -> None:
    assert wrong(CODE + PAGES, lambda path: unknown_rules(said(path))) == {}


def test_every_rule_is_cited_by_code() -> None:
    assert set(rules()) - {rule for path in CODE for rule in rules_meant(words(path))} == set()


def test_nothing_cites_a_paper_that_is_not_here() -> None:
    assert wrong(CODE + PAGES, lambda path: LOST.findall(said(path))) == {}


def test_who_cites_a_rule_says_where_it_stands() -> None:
    assert wrong(CODE, laws_not_named) == {}


def test_every_page_that_is_named_is_there() -> None:
    assert wrong(CODE + PAGES, lambda path: missing_pages(said(path))) == {}


def test_every_file_that_is_named_is_there() -> None:
    assert wrong(CODE + PAGES, lambda path: missing_files(said(path))) == {}


def test_every_module_that_is_named_is_there() -> None:
    assert wrong(CODE + PAGES, missing_modules) == {}


def test_no_two_decisions_have_one_number() -> None:
    numbers = [page.name[:4] for page in PAGES if page.parent.name == "decisions"]
    assert numbers == sorted(set(numbers))


def test_every_link_leads_somewhere() -> None:
    assert wrong(PAGES, missing_links) == {}


def test_a_wrong_citation_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A page\n[a](#a-page) [b](#b) [c](page.md#a-page) [d](none.md)\n")
    assert unknown_rules("D1, D99 and B16; case D34, P13, 64 B, D01") == ["D99", "P13"]
    assert list(missing_links(page)) == ["#b", "none.md"]
    assert list(missing_pages('docs/protocol.md, "CloudEvents" docs/decisions/0011')) == []
    assert list(missing_pages('docs/protocol.md, "No" docs/none.md docs/decisions/0099')) == [
        'docs/protocol.md, "No"',
        "docs/none.md",
        "docs/decisions/0099",
    ]
    assert missing_files("bus/app.py bus/none.py src/bus/app.py clients/") == ["bus/none.py"]
    page.write_text("`bus.app:create_app` bus.none bus.app.none service_kit.outbox.Relay\n")
    assert missing_modules(page) == ["bus.none", "bus.app.none"]
    assert LOST.findall("(rule 9) bus.md docs/bidding.md B9") == ["rule 9", "bus.md"]
