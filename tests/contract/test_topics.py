"""The table of topics in docs/protocol.md is what the web app says and listens to."""

import ast
import re
from pathlib import Path

from auction_app.app import create_app
from auction_app.bidding.on_event import FOLLOWED
from auction_app.topology import PUBLISHED
from bids_service import topology as bids_topology
from bus.model.data_schema import DataSchema, text_of
from bus.model.topic import check_about

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| `(\w+)` \| (\w+) \| [^|]+ \| ([^|(]+)", re.MULTILINE)


def topics(publisher: str) -> dict[str, set[str]]:
    """The types of each topic, by the table."""
    text = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
    rows = ROW.findall(text.partition("## bus")[0])
    return {topic: set(re.findall(r"\w+", types)) for topic, by, types in rows if by == publisher}


def announced(package: Path) -> dict[str, set[str]]:
    """The topics and types in every call of `announce`."""
    found: dict[str, set[str]] = {}
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "announce":
                topic, type = (ast.literal_eval(argument) for argument in node.args[:2])
                found.setdefault(topic, set()).add(type)
    return found


def test_the_web_app_announces_what_the_table_says() -> None:
    assert announced(Path(create_app.__code__.co_filename).parent) == topics("auction_app")


def test_the_web_app_follows_what_bids_service_publishes() -> None:
    assert set(FOLLOWED) == set(topics("bids_service"))


def test_each_publisher_declares_the_topics_of_the_table() -> None:
    assert set(PUBLISHED) == set(topics("auction_app"))
    assert set(bids_topology.PUBLISHED) == set(topics("bids_service"))


def test_what_a_publisher_says_of_its_topics_the_bus_takes_and_keeps_to() -> None:
    for about in (PUBLISHED | bids_topology.PUBLISHED).values():
        said = check_about(about.document())
        assert said.description
        assert isinstance(said.schema, dict)
        assert DataSchema(text_of(said.schema)).takes(None)  # as the outbox announces
