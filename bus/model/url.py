"""What may be the URL of an entity or of a callback."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Annotated

from msgspec import Meta

MAX_URL_CHARACTERS = 1024

# RFC 3986, without a query: nothing in here needs escaping inside a JSON string.
_URL = re.compile(
    r"(?P<scheme>https?)://"
    r"(?:(?P<userinfo>[A-Za-z0-9._~!$&'()*+,;=:%-]*)@)?"
    r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~!$&'()*+,;=%-]+)"
    r"(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?"
    r"(?P<fragment>#[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?",
    re.IGNORECASE | re.ASCII,
)
_MAX_PORT = 65_535


@dataclass(frozen=True, slots=True)
class CheckedUrl:
    """The parts of a URL that decide whether it may be used. `host` has no brackets."""

    scheme: str
    host: str
    has_userinfo: bool = field(repr=False)
    has_fragment: bool


def check_url(url: object, trusted_hosts: Collection[str]) -> CheckedUrl:
    """Check an absolute URL of at most 1 024 characters, without a query.

    https, or http for one of `trusted_hosts`. Raises ValueError with a reason that doesn't
    repeat the URL.
    """
    if not isinstance(url, str):
        raise ValueError("the URL must be a string")
    if len(url) > MAX_URL_CHARACTERS:
        raise ValueError(f"the URL is longer than {MAX_URL_CHARACTERS} characters")
    if "?" in url.partition("#")[0]:
        raise ValueError("the URL has a query")
    match = _URL.fullmatch(url)
    if match is None or not 0 < int(match["port"] or 443) <= _MAX_PORT:
        raise ValueError("the URL is not an absolute https URL")
    scheme, host = match["scheme"].lower(), match["host"].strip("[]").lower()
    if scheme != "https" and host not in trusted_hosts:
        raise ValueError("the URL is not https")
    return CheckedUrl(scheme, host, match["userinfo"] is not None, match["fragment"] is not None)


# What can be said of a URL on the wire without knowing the hosts; the rest is `check_url`'s.
Url = Annotated[str, Meta(max_length=MAX_URL_CHARACTERS, extra_json_schema={"format": "uri"})]
