"""What accounting reads from the environment."""

from dataclasses import dataclass

from bus_client import bus_url
from service_kit.access import Tokens
from service_kit.config import Holds, anywhere, load, setting, token
from service_kit.database import database_url
from service_kit.url import base_url
from service_kit.webhooks import check_secret, check_user

from accounting_service.model.rates import Rate, rates


def _operator(text: str) -> Tokens:
    return Tokens.parse(f"operator:books:read+statements:read+metrics:read:{token(text)}")


@dataclass(frozen=True, kw_only=True)
class Config:
    """All that it knows of others is URLs: the bus's, and that of the list of payments."""

    database_url: str = setting("ACCOUNTING_DATABASE_URL", parse=database_url)
    public_url: str = setting("ACCOUNTING_PUBLIC_URL", parse=base_url)
    tokens: Tokens = setting("ACCOUNTING_TOKENS", parse=Tokens.parse, secret=True)
    operator: Tokens = setting("ACCOUNTING_OPERATOR_TOKEN", parse=_operator, secret=True)
    rates: tuple[Rate, ...] = setting("ACCOUNTING_RATES", parse=rates)
    bus_url: str = setting("ACCOUNTING_BUS_URL", parse=bus_url)
    bus_token: str = setting("ACCOUNTING_BUS_TOKEN", secret=True)
    webhook_uuid: str = setting("ACCOUNTING_WEBHOOK_UUID", parse=check_user)
    webhook_secret: str = setting("ACCOUNTING_WEBHOOK_SECRET", secret=True, parse=check_secret)
    payments_url: str = setting("ACCOUNTING_PAYMENTS_URL", parse=base_url)
    payments_token: str = setting("ACCOUNTING_PAYMENTS_TOKEN", secret=True)

    @property
    def callers(self) -> Tokens:
        """All who may call."""
        return Tokens(self.operator.callers + self.tokens.callers)


def read(holds: Holds = anywhere) -> Config:
    """The settings of this process. Raises ConfigError with every complaint at once."""
    return load(Config, prefix="ACCOUNTING_", holds=holds)
