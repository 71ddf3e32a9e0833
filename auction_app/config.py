"""The settings of the web app and its jobs."""

import pkgutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bus_client import bus_url
from service_kit.access import Tokens
from service_kit.config import Holds, anywhere, load, number, port_number, setting
from service_kit.database import database_url
from service_kit.outcomes import runs_later
from service_kit.security_txt import contact, is_placeholder
from service_kit.trusted_proxies import proxies
from service_kit.url import base_url, is_plain
from service_kit.webhooks import check_secrets, check_user

from auction_app.photo_store import Location, location

PAY_WITHIN_DAYS = 7
"""Unless it is set otherwise."""


@dataclass(frozen=True, kw_only=True)
class PaymentsConfig:
    """Of the provider: where its API is, what its hosted pages' URLs begin with, our key there, and
    the secret that it signs webhooks with. Who has been silent for `sweep_s` seconds is asked."""

    provider_url: str = setting("PAYMENTS_PROVIDER_URL", parse=base_url)
    page_url: str = setting("PAYMENTS_PAGE_URL", parse=base_url, at_home=is_plain)
    api_key: str = setting("PAYMENTS_API_KEY", secret=True)
    webhook_secret: str = setting("PAYMENTS_WEBHOOK_SECRET", secret=True)
    sweep_s: int = setting("PAYMENTS_SWEEP_S", default=900, parse=number(1, 86_400))


def _payments(provider_url: str) -> PaymentsConfig:
    """The other settings, of a house that has a provider. Raises ConfigError, ValueError."""
    base_url(provider_url)
    return load(PaymentsConfig, prefix="PAYMENTS_")


@dataclass(frozen=True, kw_only=True)
class PayoutsConfig:
    """Of the service that keeps the books: where it is, and our token there."""

    url: str = setting("PAYOUTS_URL", parse=base_url)
    token: str = setting("PAYOUTS_TOKEN", secret=True)


def _payouts(url: str) -> PayoutsConfig:
    """Both settings, of a house whose sellers see their payouts. Raises ConfigError, ValueError."""
    base_url(url)
    return load(PayoutsConfig, prefix="PAYOUTS_", holds=anywhere)


def _is_at_home(payments: PaymentsConfig) -> bool:
    return is_plain(payments.provider_url)


def _secret_keys(text: str) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in text.split(","))
    if any(len(key) < 16 for key in keys):
        raise ValueError(
            "must be a key, or several, comma-separated, each of 16 characters or more"
        )
    return keys


@dataclass(frozen=True)
class Hook:
    """A third party's: `register` subscribes to outcomes (docs/hooks.md)."""

    name: str
    register: Callable[[Any], object]

    def into(self, outcomes: Any) -> None:
        """Have it subscribe. Raises ValueError, whatever is wrong with it."""
        with _named(self.name):
            self.register(outcomes)


def hooks(text: str) -> tuple[Hook, ...]:
    """Read `none`, or MODULE:FUNCTION, comma-separated, and import them. Raises ValueError."""
    names = [name.strip() for name in text.split(",") if name.strip() not in {"", "none"}]
    return tuple(map(_hook, names))


def _hook(name: str) -> Hook:
    with _named(name):
        found = pkgutil.resolve_name(name)
    if ":" not in name or not callable(found) or runs_later(found):
        raise ValueError(f"{name}: no MODULE:FUNCTION that can be called")
    return Hook(name, found)


@contextmanager
def _named(name: str) -> Iterator[None]:
    try:
        yield
    except (Exception, SystemExit) as error:  # somebody else's code: it may raise anything
        first_line = next(iter(str(error).splitlines()), "")
        why = type(error).__name__ + f": {first_line}".rstrip(": ")
        raise ValueError(f"{name}: {why}") from error


_FONT_BEGINS = (b"\x00\x01\x00\x00", b"OTTO", b"true", b"ttcf")
_MOST_FONTS = 8


def fonts(text: str) -> tuple[Path, ...]:
    """Read `none`, or the whole paths of font files, comma-separated. Raises ValueError."""
    names = [name.strip() for name in text.split(",") if name.strip() not in {"", "none"}]
    if len(names) > _MOST_FONTS:
        raise ValueError(f"must be {_MOST_FONTS} fonts at most")
    return tuple(map(_font, names))


def _font(name: str) -> Path:
    path = Path(name)
    try:
        with path.open("rb") as file:
            begins = file.read(4)
    except OSError as error:
        raise ValueError(f"{name}: {error.strerror}") from error
    if not path.is_absolute() or begins not in _FONT_BEGINS:
        raise ValueError(f"{name}: no whole path of a TrueType or OpenType font")
    return path


@dataclass(frozen=True, kw_only=True)
class Config:
    """Read once at start. Without `live_url` pages are as they were when they were loaded.

    The first of the `secret_keys` signs and seals; what the others did is read still.
    `webhook_secret` may hold two secrets, comma-separated, while one is being rotated: the first
    is the one the bus is asked to sign with. Without `payments` orders are noted as paid by hand,
    without `payouts` sellers see no payouts.
    Orders are due `pay_within_days` after the sale, and count as unpaid `unpaid_after_days` later.
    `receipt_fonts` write in a PDF what the font that comes with us lacks.
    `min_duration_s` is in seconds;
    `trusted_proxies` is how many proxies of ours stand before this process.
    """

    database_url: str = setting("AUCTIONS_DATABASE_URL", parse=database_url)
    public_url: str = setting("AUCTIONS_PUBLIC_URL", parse=base_url)
    secret_keys: tuple[str, ...] = setting("AUCTIONS_SECRET_KEY", secret=True, parse=_secret_keys)
    tokens: Tokens = setting("AUCTIONS_TOKENS", parse=Tokens.parse, secret=True)
    photos: Location = setting("AUCTIONS_PHOTOS_URL", parse=location, secret=True)
    bus_url: str = setting("AUCTIONS_BUS_URL", parse=bus_url)
    bus_token: str = setting("AUCTIONS_BUS_TOKEN", secret=True)
    webhook_uuid: str = setting("AUCTIONS_WEBHOOK_UUID", parse=check_user)
    webhook_secret: tuple[str, ...] = setting(
        "AUCTIONS_WEBHOOK_SECRET", secret=True, parse=check_secrets
    )
    bids_url: str = setting("AUCTIONS_BIDS_URL", parse=base_url)
    bids_token: str = setting("AUCTIONS_BIDS_TOKEN", secret=True)
    live_url: str | None = setting(
        "AUCTIONS_LIVE_URL", parse=base_url, default=None, at_home=is_plain
    )
    jobs_port: int | None = setting("AUCTIONS_JOBS_PORT", default=None, parse=port_number)
    trusted_proxies: int = setting("AUCTIONS_TRUSTED_PROXIES", default=0, parse=proxies)
    security_contact: str | None = setting(
        "AUCTIONS_SECURITY_CONTACT",
        parse=contact,
        default=None,
        at_home=is_placeholder,
    )
    hooks: tuple[Hook, ...] = setting("AUCTIONS_HOOKS", parse=hooks, default=())
    moderators_need_two_factors: bool = setting(
        "AUCTIONS_MODERATORS_NEED_TWO_FACTORS", default=False
    )
    payments: PaymentsConfig | None = setting(
        "PAYMENTS_PROVIDER_URL",
        default=None,
        parse=_payments,
        at_home=_is_at_home,
    )
    payouts: PayoutsConfig | None = setting("PAYOUTS_URL", default=None, parse=_payouts)
    pay_within_days: int = setting(
        "AUCTIONS_PAY_WITHIN_DAYS", default=PAY_WITHIN_DAYS, parse=number(1, 90)
    )
    unpaid_after_days: int = setting("AUCTIONS_UNPAID_AFTER_DAYS", default=7, parse=number(1, 90))
    receipt_fonts: tuple[Path, ...] = setting("AUCTIONS_RECEIPT_FONTS", parse=fonts, default=())
    min_duration_s: int = setting(
        "AUCTIONS_MIN_DURATION_S", default=600, parse=number(1, 31 * 24 * 60 * 60)
    )


def read(holds: Holds = anywhere) -> Config:
    """The settings from the environment. Raises ConfigError that lists every complaint."""
    return load(Config, prefix="AUCTIONS_", holds=holds)
