"""The simulator over the project's copy of the worked cases."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.bids_service.worked_cases.simulate import (
    check_case,
    check_increments,
    main,
)

CASES = Path(__file__).with_name("bidding-cases.json")
FILE = json.loads(CASES.read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", FILE["cases"], ids=lambda case: case["id"])
def test_worked_case_comes_out_as_it_should(case: dict[str, object]) -> None:
    assert check_case(case, FILE["increment_tables"]) is None


def test_increment_vectors_come_out_as_they_should() -> None:
    assert FILE["increment_vectors"]
    assert list(check_increments(FILE)) == []


def test_a_line_says_ok_for_every_case() -> None:
    result = run(CASES)
    assert result.output.splitlines() == [f"{case['id']} ok" for case in FILE["cases"]]
    assert result.exit_code == 0


def test_the_first_field_that_differs_is_named_and_the_exit_status_is_1(tmp_path: Path) -> None:
    changed = json.loads(CASES.read_text(encoding="utf-8"))
    changed["cases"][0]["steps"][2]["expect"]["price"] = 702
    path = written(tmp_path, changed)
    result = run(path)
    assert result.output.splitlines()[0] == "C01 step 3 price: expected 702, got 701"
    assert result.exit_code == 1


def test_a_wrong_increment_vector_is_named(tmp_path: Path) -> None:
    changed = FILE | {"increment_vectors": [["ebay_us", 100, 5]]}
    result = run(written(tmp_path, changed))
    assert result.output.splitlines()[-1] == "increment ebay_us at 100: expected 5, got 25"
    assert result.exit_code == 1


def test_one_case_can_be_picked() -> None:
    assert run(CASES, "--case", "C64").output == "C64 ok\n"


def test_json_holds_the_outcome_of_every_step() -> None:
    played = json.loads(run(CASES, "--json", "--case", "C64").output)
    assert [step["events"][-1] for step in played[0]["steps"]][-1] == "second_chance.offered:B@6000"


def test_a_repeated_key_is_answered_with_the_stored_answer(tmp_path: Path) -> None:
    case = case_of("D12")
    case["steps"] = [case["steps"][0], case["steps"][0] | {"expect": {"events": ["replay"]}}]
    assert check_case(case, FILE["increment_tables"]) is None


@pytest.mark.parametrize(
    "content",
    ["", "[]", '{"cases": [{}]}', '{"cases": [{"id": "A"}], "increment_tables": 3}', "\udcff"],
)
def test_a_file_that_cannot_be_played_is_one_clear_line_and_status_2(
    tmp_path: Path, content: str
) -> None:
    path = tmp_path / "cases.json"
    path.write_text(content, encoding="utf-8", errors="surrogateescape")
    result = run(path)
    assert result.exit_code == 2
    assert "can't be played" in result.output


def test_an_unknown_case_is_named() -> None:
    result = run(CASES, "--case", "Z99")
    assert "there is no case Z99" in result.output
    assert result.exit_code == 2


@pytest.mark.parametrize("word", [None, "500", 5.5, True, [500]])
def test_what_is_no_whole_number_is_no_amount(word: object) -> None:
    case = case_of("D24")
    case["steps"] = [case["steps"][0] | {"max": word}]
    assert check_case(case, FILE["increment_tables"]) is None


def case_of(case_id: str) -> dict[str, list[dict[str, object]]]:
    return dict(next(case for case in FILE["cases"] if case["id"] == case_id))


def run(path: Path, *options: str) -> Result:
    return CliRunner().invoke(main, [str(path), *options])


def written(folder: Path, content: object) -> Path:
    path = folder / "cases.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path
