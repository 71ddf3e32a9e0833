"""What is committed with a change, and hooks of third parties: as docs/hooks.md has it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from service_kit.config import ConfigError
from service_kit.outcomes import Outcomes
from sqlalchemy import select

from auction_app.config import Config, hooks
from auction_app.db.tables import customers
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.listings.outcomes import ListingEdited
from auction_app.orders.outcomes import OrderAdvanced
from auction_app.outcomes import build_outcomes
from tests.auction_app.conftest import Browser, World, email_of
from tests.auction_app.sale import sell

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/hooks.md").read_text()


def last_seen(world: World, name: str) -> int | None:
    query = select(customers.c.last_seen_at_ms).where(customers.c.email == email_of(name))
    with world.parts.store.reading() as conn:
        seen: int | None = conn.execute(query).scalar_one()
    return seen


def edit(seller: Browser, item: str, title: str) -> int:
    form = {"title": title, "description": "Rewired.", "category": "other", "condition": "used"}
    return seller.post(f"{item}/edit", form).status_code


@pytest.fixture
def hook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The page's own example, where the app can import it."""
    code = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len(code) == 1
    (tmp_path / "our_rules.py").write_text(code[0])
    monkeypatch.syspath_prepend(tmp_path)
    return "our_rules:register"


def test_signing_in_updates_when_the_customer_was_last_seen(world: World) -> None:
    ada = world.browser()
    ada.sign_up("Ada")
    assert last_seen(world, "Ada") is None
    ada.sign_in("Ada")
    first = world.clock.now_ms
    assert last_seen(world, "Ada") == first

    world.clock.pass_s(3600)
    ada.sign_in("Ada", password="not her password")
    assert last_seen(world, "Ada") == first
    world.browser().sign_in("Ada")
    assert last_seen(world, "Ada") == first + 3_600_000


def test_editing_a_listing_indexes_it_anew_in_the_same_commit(world: World) -> None:
    sam = world.member("Sam")
    item = sam.list_item()

    assert edit(sam, item, "Copper kettle") == 303

    assert item in world.browser().get("/search?q=kettle").text
    assert item not in world.browser().get("/search?q=lamp").text


def test_what_a_listener_raises_undoes_the_change(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(_act: UnitOfWork, _edited: ListingEdited) -> None:
        raise ZeroDivisionError

    sam = world.member("Sam")
    item = sam.list_item()
    announced = world.announced()
    world.app.testing = False
    world.parts.store.outcomes.on(ListingEdited, breaks)

    assert edit(sam, item, "Copper kettle") == 500

    assert "Brass desk lamp" in world.browser().get(item).text
    assert item not in world.browser().get("/search?q=kettle").text
    assert world.announced() == announced


def test_a_hook_can_be_asked_before_an_order_goes_on(world: World) -> None:
    asked = list[OrderAdvanced]()
    sale = sell(world)
    world.parts.store.outcomes.before(OrderAdvanced, lambda _act, step: asked.append(step))

    assert sale.ada.post(f"{sale.order}/steps", {"status": "paid"}).status_code == 303

    assert [step.status for step in asked] == ["paid"]


def test_the_example_of_a_hook_vetoes(
    make_world: Callable[..., World], config: Config, hook: str
) -> None:
    world = make_world(replace(config, hooks=hooks(hook)))
    sam = world.member("Sam")
    draft = sam.write_draft(title="Ivory comb")

    refused = sam.publish(draft)

    assert refused.status_code == 409
    assert "We sell no ivory." in refused.text
    assert not [event for event in world.announced() if event[0] == "auctions"]
    assert sam.publish(sam.write_draft()).status_code == 303


@pytest.mark.slow
def test_the_page_has_the_table_that_the_command_prints(hook: str) -> None:
    command = [sys.executable, "-m", "auction_app.outcomes"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)

    assert f"```text\n{done.stdout}```" in PAGE


_BAD_HOOKS = """
from auction_app.listings.outcomes import ListingPublished

async def later(act, published):
    pass

def raises(outcomes):
    raise RuntimeError("first line\\nsecond")

def takes_nothing():
    pass

def vetoes_later(outcomes):
    outcomes.before(ListingPublished, later)

def of_nothing(outcomes):
    outcomes.on(ListingPublished, None)

def of_no_outcome(outcomes):
    outcomes.on(int, print)

def register_later(outcomes):
    yield

def with_one(act):
    pass

def lacks_the_facts(outcomes):
    outcomes.before(ListingPublished, with_one)
"""


@pytest.fixture
def bad_hooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of modules that can be imported: `bad`, and others that can't."""
    (tmp_path / "bad.py").write_text(_BAD_HOOKS)
    (tmp_path / "leaves.py").write_text("import sys; sys.exit(0)")
    (tmp_path / "divides.py").write_text("1 / 0")
    (tmp_path / "misspelt.py").write_text("def (")
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "name",
    [
        "no_such_module:register",
        "our_rules:nothing",
        "our_rules",
        "re:NOFLAG.value",
        ":x",
        "1:2",
        "bad:later",
        "bad:register_later",
        "leaves:x",
        "divides:x",
        "misspelt:x",
    ],
)
def test_a_hook_that_is_not_there_is_named_in_one_line(
    hook: str, bad_hooks: Path, name: str
) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(name)}: .+$"):
        hooks(f"{hook},{name}")


@pytest.mark.parametrize(
    "function",
    [
        *("raises", "takes_nothing", "vetoes_later", "of_nothing", "of_no_outcome"),
        "lacks_the_facts",
    ],
)
def test_a_hook_that_cannot_subscribe_is_named_in_one_line(bad_hooks: Path, function: str) -> None:
    with pytest.raises(ConfigError) as refused:
        build_outcomes(hooks(f"bad:{function}"))

    (line,) = refused.value.complaints
    assert line.startswith(f"AUCTIONS_HOOKS: bad:{function}: ")
    assert "\n" not in line


def test_an_object_that_is_called_may_listen() -> None:
    class Counts:
        def __call__(self, _act: object, _edited: object) -> None: ...

    outcomes = build_outcomes()
    outcomes.on(ListingEdited, Counts())
    outcomes.on(ListingEdited, partial(print, "edited"))
    assert [line.who.rpartition(".")[2] for line in outcomes.table()[-2:]] == ["Counts", "partial"]


def test_every_listener_is_a_function_of_the_app_in_the_order_of_the_table(world: World) -> None:
    table = world.parts.store.outcomes.table()

    assert isinstance(world.parts.store.outcomes, Outcomes)
    assert len({(line.kind, line.who) for line in table}) == len(table)
    assert all(line.who.startswith("auction_app.") for line in table)
