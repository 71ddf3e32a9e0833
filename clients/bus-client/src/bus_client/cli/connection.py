"""The bus that the options, the environment or a profile name; opened when a verb needs it."""

import re
from functools import cached_property
from typing import Self

import click
from service_kit.url import base_url

from bus_client.cli.profiles import read_profile
from bus_client.client import BusClient
from bus_client.subscriptions import Subscriptions

_TOKEN = re.compile(r"[\x21-\x39\x3b-\x7e]{1,255}")


class Connection:
    """Wrong settings raise click.UsageError, as late as a verb asks: help needs none."""

    def __init__(
        self, url: str | None, token: str | None, profile: str | None, client: str | None
    ) -> None:
        self._url, self._token = url, token
        self._profile_name = profile
        self._client = client

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        if "bus" in self.__dict__:
            self.bus.close()

    @cached_property
    def url(self) -> str:
        """Where the bus is."""
        if self._url is not None and self._profile_name is None:
            return checked_url(self._url)
        profile = self._profile  # one that is named has to be there, whatever comes before it
        return checked_url(profile.get("url") if self._url is None else self._url)

    @cached_property
    def token(self) -> str:
        """Who asks. A profile's token is shown to the profile's bus alone."""
        token = self._token
        if token is None and self.url == self._profile.get("url", "").rstrip("/"):
            token = self._profile.get("token")
        return _checked_token(token)

    @cached_property
    def bus(self) -> BusClient:
        """The bus as this token sees it."""
        return BusClient(self.url, self.token)

    @property
    def subscriptions(self) -> Subscriptions:
        """Those of the token's client, or of the one that the option names."""
        own = self.bus.subscriptions
        return own if self._client is None else own.of(self._client)

    @cached_property
    def _profile(self) -> dict[str, str]:
        return read_profile(self._profile_name)


pass_connection = click.make_pass_decorator(Connection)


def checked_url(url: str | None) -> str:
    """A URL of a bus. Raises click.UsageError that never repeats credentials."""
    if not url or not url.strip():
        raise click.UsageError("no bus is named: give --url, set BUS_URL, or write a profile")
    if "@" in url:
        raise click.UsageError(
            "the bus's URL holds credentials: give them as --token or BUS_TOKEN instead"
        )
    scheme = url.partition(":")[0].lower()
    if scheme in {"inline", "huey"}:
        raise click.UsageError(f"{scheme}: is a bus inside a program: this needs http(s)://HOST")
    if "://" not in url:
        raise click.UsageError("the bus's URL has no scheme: write http://HOST or https://HOST")
    try:
        return base_url(url.rstrip("/"))
    except ValueError as error:
        raise click.UsageError(f"the bus's URL {error}") from error


def _checked_token(token: str | None) -> str:
    if not token:
        raise click.UsageError(
            "no token: give --token, set BUS_TOKEN, or write a profile"
            " (`bus tokens create NAME` makes one)"
        )
    if not _TOKEN.fullmatch(token):
        raise click.UsageError("the token holds what no token does: 1 to 255 visible characters")
    return token
