"""The measured stages as a page and as a picture: each one file that needs no other."""

from collections.abc import Callable, Mapping, Sequence
from html import escape

from tests.journey.results import STAGES, Measured
from tests.journey.table import FAILURE_HEADINGS, HEADINGS, failure_rows, rows

BUYS = {
    "mvp": ("one process, one deploy", "a bid waits for its mail; all fails together"),
    "background": ("a bid no longer waits for mail", "a second process; mail comes a little later"),
    "bus": (
        "mail scales, fails and deploys apart; anybody can subscribe",
        "a bus to run, more memory, entities are fetched over HTTP",
    ),
    "soa": (
        "bids and auctions scale, fail and deploy apart",
        "the most processes, memory and calls over the network",
    ),
}
_PLOTS: Sequence[tuple[str, str, Callable[[Measured], float]]] = (
    ("A bidder waits, SMTP 200 ms a mail", "ms", lambda one: one.confirms["slow"].p50_ms),
    ("A bidder waits, SMTP at once", "ms", lambda one: one.confirms["instant"].p50_ms),
    ("The longest wait, SMTP hangs", "ms", lambda one: one.confirms["hanging"].longest_ms),
    ("Mails a second", "", lambda one: one.mails_per_s),
    ("Memory", "MiB", lambda one: one.memory_mib),
    ("Processes", "", lambda one: one.processes),
)
_WIDE, _HIGH, _BAR, _LABEL, _ROOM = 390, 170, 24, 104, 190
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 80rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums }
td, th { padding: .25rem .6rem; border-bottom: 1px solid #ccc; text-align: right }
td:first-child, th:first-child { text-align: left } .stops { color: #a00 }
"""


def page(measured: Mapping[str, Measured], broken: Sequence[str]) -> str:
    """HTML with both tables, what each step buys and costs, and the plots."""
    kept = "<p>Every promise was kept.</p>"
    verdict = "".join(f"<p class=stops>{escape(line)}</p>" for line in broken) or kept
    steps = [(stage, *BUYS[stage]) for stage in measured]
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>The journey</title>"
        f"<style>{_STYLE}</style><h1>What each stage buys, and what it costs</h1>{verdict}"
        + _html_table(("stage", "buys", "costs"), steps)
        + picture(measured)
        + _html_table(HEADINGS, rows(measured))
        + "<h2>One process killed</h2>"
        + _html_table(FAILURE_HEADINGS, failure_rows(measured))
        + "</html>\n"
    )


def picture(measured: Mapping[str, Measured]) -> str:
    """An SVG with a plot for each of what is bought and paid."""
    plots = [
        _plot(title, unit, {name: value(one) for name, one in measured.items()})
        for title, unit, value in _PLOTS
    ]
    placed = [
        f'<g transform="translate({_WIDE * (n % 3)},{_HIGH * (n // 3)})">{plot}</g>'
        for n, plot in enumerate(plots)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {3 * _WIDE} {2 * _HIGH}"'
        ' font-family="system-ui, sans-serif" font-size="13" role="img">'
        "<title>What each stage buys and costs</title>"
        f'<rect width="100%" height="100%" fill="#fff"/>{"".join(placed)}</svg>\n'
    )


def _plot(title: str, unit: str, values: Mapping[str, float]) -> str:
    most = max(values.values()) or 1.0
    bars = [
        _bar(n, stage, values[stage], values[stage] / most, unit)
        for n, stage in enumerate(stage for stage in STAGES if stage in values)
    ]
    return f'<text x="12" y="24" font-weight="600">{escape(title)}</text>{"".join(bars)}'


def _bar(n: int, stage: str, value: float, share: float, unit: str) -> str:
    y = 38 + n * (_BAR + 6)
    width = max(2, round(share * _ROOM))
    number = f"{value:.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"
    return (
        f'<text x="12" y="{y + 16}">{stage}</text>'
        f'<rect x="{_LABEL}" y="{y}" width="{width}" height="{_BAR}" fill="#2b6cb0"/>'
        f'<text x="{_LABEL + width + 6}" y="{y + 16}">{f"{number} {unit}".strip()}</text>'
    )


def _html_table(headings: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(heading)}</th>" for heading in headings)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in line) + "</tr>" for line in lines
    )
    return f"<table><tr>{head}</tr>{body}</table>"
