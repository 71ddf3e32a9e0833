"""What may be the URL of an entity or of a callback: one rule for all who publish, take or read.

RFC 3986 without a query, visible ASCII only, so nothing in a URL needs escaping inside a JSON
string. URLs are names: they are compared character by character and never rewritten.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

MAX_URL_CHARACTERS = 1024
LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
"""What this machine is usually called by itself, without the brackets of a URL."""

_DEFAULT_PORTS = {"http": "80", "https": "443"}


def _text(characters: str) -> str:
    return rf"[{characters}]*(?:%[0-9A-Fa-f]{{2}}[{characters}]*)*"


_CHARACTERS = "-A-Za-z0-9._~!$&'()*+,;=:@/"
# A name as DNS and hosts files have them. RFC 3986 takes more, but what a host with an escape
# means depends on who reads it.
_NAME = r"[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*\.?"
_HOST = rf"\[[0-9A-Fa-f:.]{{2,45}}\]|{_NAME}"
# 1 to 65 535.
_PORT = (
    r"[1-9][0-9]{0,3}|[1-5][0-9]{4}|6(?:[0-4][0-9]{3}|5(?:[0-4][0-9]{2}|5(?:[0-2][0-9]|3[0-5])))"
)
_PATH = rf"(?:/{_text(_CHARACTERS)})?"
_FRAGMENT = rf"#{_text(_CHARACTERS + '?')}"
_SCHEME = r"[Hh][Tt][Tt][Pp][Ss]?"

ENTITY_URL = rf"{_SCHEME}://(?:{_HOST})(?::(?:{_PORT}))?{_PATH}(?:{_FRAGMENT})?"
"""The rule for an entity's URL as a pattern, but for its length and for who may use http."""

_LINES = re.compile(rf"(?:{ENTITY_URL}\n)*+")
_TRUSTED = re.compile(rf"(?P<host>{_HOST})(?::(?P<port>{_PORT}))?")
_URL = re.compile(
    rf"(?P<scheme>{_SCHEME})://(?:(?P<userinfo>{_text(_CHARACTERS.replace('@/', ''))})@)?"
    rf"(?P<host>{_HOST})(?::(?P<port>{_PORT}))?{_PATH}(?P<fragment>{_FRAGMENT})?"
)

PLAIN_URL = (
    r"^https://[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*(?::[1-9][0-9]{0,3})?"
    rf"(?:/[{_CHARACTERS}]*)?\Z"
)
"""The URLs that nearly everybody sends, as a pattern: the rule takes each of them, and more."""


@dataclass(frozen=True, slots=True)
class CheckedUrl:
    """The parts of a URL that decide whether it may be used. `host` is in lower case, without
    brackets or a last dot; `is_trusted`: it was given as trusted, for every port or this one."""

    host: str
    port: str
    is_trusted: bool
    has_userinfo: bool = field(repr=False)
    has_fragment: bool


def check_url(url: object, trusted_hosts: Collection[str]) -> CheckedUrl:
    """Check an absolute URL of at most 1 024 characters, without a query.

    https, or http for one of `trusted_hosts`: in lower case, `host` or `host:port`, an IPv6
    address in brackets where a port follows. Raises ValueError with a reason that doesn't repeat
    the URL.
    """
    if url is None:
        raise ValueError("the URL is missing")
    if not isinstance(url, str):
        raise ValueError("the URL must be a string")
    if len(url) > MAX_URL_CHARACTERS:
        raise ValueError(f"the URL is longer than {MAX_URL_CHARACTERS} characters")
    if "?" in url.partition("#")[0]:
        raise ValueError("the URL has a query")
    if (match := _URL.fullmatch(url)) is None:
        raise ValueError("the URL is not an absolute https URL")
    scheme = match["scheme"].lower()
    port = match["port"] or _DEFAULT_PORTS[scheme]
    named = match["host"].lower().removesuffix(".")
    host = named.strip("[]")
    is_trusted = host in trusted_hosts or f"{named}:{port}" in trusted_hosts
    if scheme != "https" and not is_trusted:
        raise ValueError("the URL is not https")
    return CheckedUrl(
        host, port, is_trusted, match["userinfo"] is not None, match["fragment"] is not None
    )


def check_entity_url(url: object, trusted_hosts: Collection[str]) -> CheckedUrl:
    """The same for the URL of an entity, which every subscriber gets: without user information.

    Raises ValueError with a reason that doesn't repeat the URL.
    """
    checked = check_url(url, trusted_hosts)
    if checked.has_userinfo:
        raise ValueError("the URL has user information")
    return checked


def are_entity_urls(urls: Sequence[str]) -> bool:
    """Whether all are what `check_entity_url` takes for one host trusted or another, in one pass.

    Which hosts may be reached over plain http is for the publisher's side to know.
    """
    lines = "\n".join([*urls, ""])
    return (
        _LINES.fullmatch(lines) is not None
        and lines.count("\n") == len(urls)
        and max(map(len, urls), default=0) <= MAX_URL_CHARACTERS
    )


def trusted_host(text: str) -> str:
    """A setting: a host to trust at every port, or `host:port`; in the form that `check_url` asks
    for. Raises ValueError."""
    named = text.lower()
    bare = f"[{named}]" if named.count(":") > 1 and "[" not in named else named
    match = _TRUSTED.fullmatch(bare)
    if match is None:
        raise ValueError("must be host names or addresses, each perhaps with a port")
    host = match["host"].removesuffix(".")
    return f"{host}:{match['port']}" if match["port"] else host.strip("[]")


def base_url(text: str) -> str:
    """A setting: the beginning of URLs, to which paths are added, its scheme in small letters, as
    they are compared. Raises ValueError."""
    if text.endswith("/"):
        raise ValueError("must have no slash at its end")
    if not are_entity_urls([text]) or "#" in text:
        raise ValueError("must be an http(s) URL in visible ASCII, without query, fragment or user")
    scheme, _, rest = text.partition(":")
    return f"{scheme.lower()}:{rest}"


def is_plain(url: str) -> bool:
    """Whether what a browser fetches from there can be read on the way."""
    return url.startswith("http:")
