"""`.env.example` as it stands, on a host that the public reaches: every service refuses it."""

import re
import subprocess
import sys
from importlib import import_module
from io import StringIO
from pathlib import Path

import pytest
from dotenv import dotenv_values
from service_kit.config import ConfigError
from service_kit.schema import migrate

from auction_app.accounts.published import ACCOUNTS

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / ".env.example"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SERVICES = {
    "bus": {"BUS_SECURITY_CONTACT", "BUS_TRUSTED_HOSTS"},
    "auction_app": {
        "AUCTIONS_LIVE_URL",
        "AUCTIONS_SECURITY_CONTACT",
        "PAYMENTS_PROVIDER_URL",
    },
    "auction_app.till": {"TILL_PORT"},
    "auction_app.live": {"LIVE_ALLOWED_ORIGIN"},
    "mailer_service": {"MAILER_OPERATOR", "MAILER_PREVIEW", "MAILER_SENDER", "SMTP_URL"},
    "mailer_service.mailbox": {"MAILBOX_PORT"},
}


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """The example with secrets filled in, and one service reached by https."""
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    text = EXAMPLE.read_text()
    for name in re.findall(r"^([A-Z_]+)=$", text, re.MULTILINE):
        monkeypatch.setenv(name, SECRET)
    filled_in = re.sub(r"^[A-Z_]+=$", "", text, flags=re.MULTILINE)
    for name, value in dotenv_values(stream=StringIO(filled_in)).items():
        monkeypatch.setenv(name, value or "")
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    monkeypatch.setenv("AUCTIONS_PHOTOS_URL", (tmp_path / "photos").as_uri())
    monkeypatch.setenv("AUCTIONS_DATABASE_URL", f"sqlite:///{tmp_path}/auctions.sqlite3")
    monkeypatch.setenv("AUCTIONS_PUBLIC_URL", "https://auctions.gavel.com")
    return monkeypatch


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_names_each_setting_that_is_for_development(
    example: pytest.MonkeyPatch, service: str
) -> None:
    with pytest.raises(ConfigError) as raised:
        import_module(f"{service}.config").read()

    named = {line.partition(":")[0] for line in raised.value.complaints if "development" in line}
    assert named == SERVICES[service]


@pytest.mark.parametrize(
    "value",
    ["localhost", "127.0.0.2", "::1", "[::1]", "bus.internal,127.0.0.1", "a.localhost", "0.0.0.0",
     "127.1", "2130706433", "0x7f000001", "[::]", "::ffff:127.0.0.1", "[::ffff:127.0.0.1]",
     "ip6-localhost", "localhost.localdomain"],
)  # fmt: skip
def test_no_form_of_loopback_is_trusted(example: pytest.MonkeyPatch, value: str) -> None:
    example.setenv("BUS_TRUSTED_HOSTS", value)

    with pytest.raises(ConfigError, match="BUS_TRUSTED_HOSTS"):
        import_module("bus.config").read()


@pytest.mark.parametrize("scheme", ["HTTPS", "Https"])
def test_a_scheme_in_capitals_is_as_public_and_as_secure(
    example: pytest.MonkeyPatch, scheme: str
) -> None:
    example.setenv("AUCTIONS_PUBLIC_URL", f"{scheme}://auctions.gavel.com")

    with pytest.raises(ConfigError, match="BUS_TRUSTED_HOSTS"):
        import_module("bus.config").read()
    example.setenv("AUCTIONS_LIVE_URL", "https://live.gavel.com")
    example.setenv("PAYMENTS_PROVIDER_URL", "")
    example.setenv("AUCTIONS_SECURITY_CONTACT", "mailto:security@gavel.com")
    assert import_module("auction_app.config").read().public_url == "https://auctions.gavel.com"


def test_a_production_house_starts(example: pytest.MonkeyPatch) -> None:
    for name, value in {
        "BUS_SECURITY_CONTACT": "mailto:security@gavel.com",
        "BUS_TRUSTED_HOSTS": "auctions.internal",
        "AUCTIONS_LIVE_URL": "https://live.gavel.com",
        "PAYMENTS_PROVIDER_URL": "https://api.stripe.com",
        "PAYMENTS_PAGE_URL": "https://checkout.stripe.com",
        "AUCTIONS_SECURITY_CONTACT": "mailto:security@gavel.com",
        "LIVE_ALLOWED_ORIGIN": "https://auctions.gavel.com",
        "MAILER_OPERATOR": "operator@gavel.com",
        "MAILER_PREVIEW": "false",
        "MAILER_SENDER": "Gavel <no-reply@gavel.com>",
        "SMTP_URL": "smtp://localhost",
    }.items():
        example.setenv(name, value)

    for service in ("bus", "bids_service", "auction_app", "auction_app.live", "mailer_service"):
        import_module(f"{service}.config").read()


@pytest.mark.slow
def test_no_demo_is_loaded_there_and_one_that_was_keeps_the_app_from_starting(
    example: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/auctions.sqlite3"
    migrate("auction_app", url)
    example.setenv("AUCTIONS_LIVE_URL", "https://live.gavel.com")
    example.setenv("PAYMENTS_PROVIDER_URL", "")
    example.setenv("AUCTIONS_SECURITY_CONTACT", "mailto:security@gavel.com")

    public = run("auction_app.demo")
    example.setenv("AUCTIONS_PUBLIC_URL", "http://localhost:8000")
    at_home = run("auction_app.demo")
    example.setenv("AUCTIONS_PUBLIC_URL", "https://auctions.gavel.com")
    refused = run("auction_app.worker")
    web = run("gunicorn", "-c", "auction_app/gunicorn.conf.py", "auction_app.app:create_app()")

    assert (public.returncode, ACCOUNTS[0].password in public.stdout) == (0, False)
    assert ACCOUNTS[0].password in at_home.stdout
    for process in (refused, web):
        assert process.returncode == 2
        assert "whose passwords everybody knows" in process.stderr
        assert "Traceback" not in process.stderr


def run(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
