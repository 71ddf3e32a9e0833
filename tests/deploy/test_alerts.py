"""What a team's Prometheus and Grafana are given."""

import json
import shutil
import subprocess

import pytest

from tests.procfile import ROOT

OBSERVE = ROOT / "deploy/observe"


def promtool(*arguments: str) -> str:
    if shutil.which("promtool") is None:
        pytest.skip("there is no promtool here (Debian: prometheus)")
    done = subprocess.run(
        ["promtool", *arguments],
        cwd=OBSERVE,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_each_alert_fires_for_what_it_is_for_and_not_for_what_looks_like_it() -> None:
    promtool("test", "rules", "alerts_test.yml")


def test_each_alert_is_tried() -> None:
    rules = (OBSERVE / "alerts.yml").read_text().splitlines()
    alerts = {line.split(": ")[1] for line in rules if "- alert: " in line}
    tried = (OBSERVE / "alerts_test.yml").read_text()
    assert len(alerts) > 10
    assert {name for name in alerts if f"alertname: {name}\n" not in tried} == set()


def test_prometheus_takes_what_it_is_to_scrape() -> None:
    promtool("check", "config", "--syntax-only", "prometheus.yml")


@pytest.mark.parametrize("name", ["grafana-bus.json", "grafana-house.json"])
def test_a_dashboard_has_a_query_in_each_panel_and_no_two_in_one_place(name: str) -> None:
    panels = json.loads((OBSERVE / name).read_text())["panels"]
    assert all(target["expr"] for panel in panels for target in panel["targets"])
    assert len({(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels}) == len(panels)
    assert len({panel["id"] for panel in panels}) == len(panels)
