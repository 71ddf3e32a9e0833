"""`python -m tests.bids_service.worked_cases.simulate CASES.json`: they go through the engine."""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from bids_service.engine.book import Book, Command, decide, open_book
from bids_service.engine.decision import Accepted
from bids_service.engine.increments import IncrementTable
from bids_service.errors import BidsError
from tests.bids_service.worked_cases.reading import BadCases, Json, command_of, terms_of, words_of

REUSED = "bid.rejected:idempotency_key_reused"


@dataclass
class Keys:
    """The idempotency keys of one case: the command each came with and whether it was accepted."""

    seen: dict[str, tuple[Command, bool]] = field(default_factory=dict)

    def recall(self, key: str | None, command: Command) -> tuple[bool, list[str]] | None:
        """The answer to a repeated key, None for a new one."""
        if key not in self.seen:
            return None
        first, accepted = self.seen[key]
        return (accepted, ["replay"]) if first == command else (False, [REUSED])

    def remember(self, key: str | None, command: Command, *, accepted: bool) -> None:
        if key is not None:
            self.seen[key] = (command, accepted)


def play(case: Json, tables: Json) -> Iterator[dict[str, Any]]:
    """The outcome of every step of a case, in the file's words and units. Raises BidsError."""
    book = open_book(terms_of(case, tables))
    keys = Keys()
    for step in case["steps"]:
        book, accepted, events = _play_step(book, step, keys)
        yield {"accepted": accepted, **_face(book), "events": events}


def first_difference(expected: Json, got: Json) -> str | None:
    """`field: expected …, got …` for the first field that differs."""
    for name, value in expected.items():
        if name not in got or got[name] != value:
            return f"{name}: expected {json.dumps(value)}, got {json.dumps(got.get(name))}"
    return None


def check_case(case: Json, tables: Json) -> str | None:
    """What differs first when a case is played."""
    for number, (step, got) in enumerate(
        zip(case["steps"], play(case, tables), strict=True), start=1
    ):
        difference = first_difference(step.get("expect", {}), got)
        if difference:
            return f"step {number} {difference}"
    return None


def check_increments(cases: Json) -> Iterator[str]:
    """One line for every increment vector that differs."""
    for table, price, expected in cases.get("increment_vectors", ()):
        got = IncrementTable.of(cases["increment_tables"][table]).step_at(price)
        if got != expected:
            yield f"increment {table} at {price}: expected {expected}, got {got}"


@click.command()
@click.argument(
    "path", metavar="CASES.json", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--case", "only", metavar="ID", help="Play this case alone.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome of every step as JSON.")
def main(path: Path, only: str | None, as_json: bool) -> None:
    """Play worked bidding cases. Exits 1 if any comes out differently, 2 for a bad file."""
    try:
        cases = json.loads(path.read_text(encoding="utf-8"))
        differs = _print_outcomes(cases, only) if as_json else _print_verdicts(cases, only)
    except (BadCases, BidsError, KeyError, TypeError, ValueError, AttributeError) as exc:
        raise click.UsageError(f"{path} can't be played: {type(exc).__name__}: {exc}") from exc
    sys.exit(1 if differs else 0)


def _print_verdicts(cases: Json, only: str | None) -> bool:
    verdicts = list(_verdicts(cases, only))
    for name, difference in verdicts:
        click.echo(f"{name} {difference or 'ok'}")
    vectors = [] if only else list(check_increments(cases))
    for line in vectors:
        click.echo(line)
    return bool(vectors) or any(difference for _, difference in verdicts)


def _verdicts(cases: Json, only: str | None) -> Iterator[tuple[str, str | None]]:
    for case in _chosen(cases, only):
        yield case["id"], check_case(case, cases["increment_tables"])


def _print_outcomes(cases: Json, only: str | None) -> bool:
    outcomes = [
        {"id": case["id"], "steps": list(play(case, cases["increment_tables"]))}
        for case in _chosen(cases, only)
    ]
    click.echo(json.dumps(outcomes, indent=1))
    return any(difference for _, difference in _verdicts(cases, only))


def _chosen(cases: Json, only: str | None) -> list[Mapping[str, Any]]:
    chosen = [case for case in cases["cases"] if only in (None, case["id"])]
    if only and not chosen:
        raise BadCases(f"there is no case {only}")
    return chosen


def _play_step(book: Book, step: Json, keys: Keys) -> tuple[Book, bool, list[str]]:
    command = command_of(step, book.bidding.terms)
    key = step.get("key")
    recalled = keys.recall(key, command)
    if recalled is not None:
        return book, *recalled
    decision = decide(book, command, step["at"] * 1000)
    keys.remember(key, command, accepted=isinstance(decision, Accepted))
    return book.after(decision), isinstance(decision, Accepted), words_of(command, decision)


def _face(book: Book) -> dict[str, Any]:
    bidding = book.bidding
    return {
        "price": bidding.price,
        "leader": bidding.leader,
        "min_next": None if bidding.is_closed else bidding.minimum,
        "reserve_met": bidding.reserve_met,
        "buy_now_available": bidding.buy_now_available,
        "ends_at": bidding.ends_at_ms // 1000,
    }


if __name__ == "__main__":
    main()
