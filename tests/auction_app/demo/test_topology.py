"""The demo's subscriptions: said where a developer tries the house out, and nowhere else."""

import pytest
from service_kit import declared
from service_kit.config import ConfigError

from auction_app.demo.config import read
from auction_app.demo.load import ITEMS
from auction_app.demo.topology import REFUSED, topology

RECEIVER = "http://localhost:8005/receiver"


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("DEMO_BUS_TOKEN", "token-of-the-demo")
    monkeypatch.setenv("DEMO_RECEIVER_URL", RECEIVER)
    return monkeypatch


def test_one_subscription_is_in_each_kind_of_trouble() -> None:
    said = topology(read())
    assert said is not None
    seeds = said.document("token")["seeds"]
    assert all(name.startswith("demo-") for name in seeds)
    assert seeds["demo-wrong-address"]["callback"] not in {RECEIVER, ""}
    assert seeds["demo-one-refused"]["callback"].startswith(RECEIVER)
    assert seeds["demo-paused"] | {"paused": True} == seeds["demo-paused"]


def test_what_is_refused_is_an_item_of_the_demo() -> None:
    assert REFUSED in {item.id for item in ITEMS}


def test_where_the_public_is_nothing_is_said_and_no_setting_needed(
    settings: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.delenv("DEMO_BUS_TOKEN")
    settings.delenv("DEMO_RECEIVER_URL")
    with pytest.raises(ConfigError):
        read()
    settings.setenv("BUS_PUBLIC_URL", "https://bus.gavel.com")
    declared.main(["auction_app.demo"])
    assert capsys.readouterr().out.strip() == ""
