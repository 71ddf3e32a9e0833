"""The house as passkeys know it: by its public address (WebAuthn, 5.1.2 and 13.4.9)."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from service_kit.http import origin_of

NAME = "Gavel"


@dataclass(frozen=True)
class RelyingParty:
    """`id` is the host's name, `origin` what pages are loaded from."""

    id: str
    origin: str


def relying_party(public_url: str) -> RelyingParty | None:
    """The house; None where browsers have no passkeys: at a number, or at plain http elsewhere than
    localhost."""
    parts = urlsplit(public_url)
    host = parts.hostname or ""
    is_secure = parts.scheme == "https" or host == "localhost" or host.endswith(".localhost")
    if not is_secure or _is_number(host):
        return None
    return RelyingParty(id=host, origin=origin_of(public_url))


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
