"""How states, bodies and plots are written."""

import pytest

from bus.console.formats import as_json, coded, pretty
from bus.console.plots import plot, short


def test_what_stands_in_back_ticks_is_code_and_nothing_is_markup() -> None:
    assert coded("<a> `b <c>`, d") == "&lt;a&gt; <code>b &lt;c&gt;</code>, d"
    assert coded("plain") == "plain"


def test_what_is_no_json_is_shown_as_it_is() -> None:
    assert pretty('{"a":1}') == '{\n  "a": 1\n}'
    assert pretty('{"a":') == '{"a":'


@pytest.mark.parametrize(
    "text",
    [
        "[" * 4096,
        "[" * 2000 + "]" * 2000,
        "[" * 900 + "]" * 900,
        '{"a":"\\ud800"}',
        "[NaN]",
        "9" * 4096,
    ],
    ids=["open", "too deep", "deep", "half a surrogate pair", "no number", "a long number"],
)
def test_what_an_endpoint_answers_to_break_the_page_is_shown_as_it_is(text: str) -> None:
    assert pretty(text) == text


def test_what_is_json_is_shown_with_every_value_as_it_was_sent() -> None:
    assert pretty('{"a":1.0e5,"a":"é"}') == '{\n  "a": 1.0e5,\n  "a": "é"\n}'


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"by": "Zoë O'Brien & <co>"}, '{"by": "Zoë O\'Brien & <co>"}'),
        ({"b": 1, "a": 2}, '{"b": 1, "a": 2}'),
        ({"half": "\ud83d"}, '{"half": "\\ud83d"}'),
    ],
)
def test_a_value_is_shown_as_the_json_that_was_sent(value: object, text: str) -> None:
    assert as_json(value) == text


def test_a_plot_begins_left_and_its_most_is_on_top() -> None:
    points = [{"at_ms": n * 1_000, "published": n * 10, "lag": None} for n in range(3)]
    made = plot(points, "published", "lag", rate=True)
    assert made
    assert made.lines == {
        "published": "0.0,120.0 300.0,60.0 600.0,0.0",
        "lag": "0.0,120.0 300.0,120.0 600.0,120.0",
    }
    assert (made.most, made.latest["published"]) == (20, 20)
    assert plot(points[:1], "published") is None


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.25, "0.25"), (12.4, "12"), (1_200, "1.2k"), (3_400_000, "3.4M")],
)
def test_numbers_at_the_edge_of_a_plot_are_short(value: float, text: str) -> None:
    assert short(value) == text
