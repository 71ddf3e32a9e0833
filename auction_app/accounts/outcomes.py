"""What happens to accounts."""

from dataclasses import dataclass

from service_kit.outcomes import Operation, Outcome


@dataclass(frozen=True)
class SessionOpened(Operation):
    """Somebody signs in, having proved who they are; `agent` is what their browser says it is."""

    customer_id: str
    agent: str


@dataclass(frozen=True)
class AccountBanned(Outcome):
    """A moderator closed an account."""

    customer_id: str


@dataclass(frozen=True)
class AccountReopened(Outcome):
    """A moderator opened an account again."""

    customer_id: str
