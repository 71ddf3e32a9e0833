"""Variables that a platform sets for each service by its name: they may look like settings of ours.

Kubernetes tells every container of a service `bus` by BUS_SERVICE_HOST, BUS_SERVICE_PORT,
BUS_SERVICE_PORT_HTTP, BUS_PORT=tcp://10.0.0.1:80 and BUS_PORT_80_TCP, …_PROTO, …_PORT, …_ADDR;
Docker's links do the same, with BUS_NAME and BUS_ENV_…. And where a client of ours reads BUS_URL,
that may be exported for all.
"""

import re

_BY_NAME = re.compile(
    r"[A-Z0-9_]+_("
    r"SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?"
    r"|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR|PORT_START|PORT_END))?"
    r"|ENV_[A-Za-z0-9_]+"
    r")"
)
_BY_VALUE = {
    "PORT": re.compile(r"(tcp|udp|sctp)://[^/]+:[0-9]+"),
    "NAME": re.compile(r"/[^/]+/[^/]+"),
}
# What `bus` (the command of bus-client) reads, and what a run says to shells in `house.env`.
_OF_CLIENTS = frozenset(
    {"BUS_URL", "BUS_TOKEN", "BUS_PROFILE"}
    | {f"{name}_URL" for name in ("AUCTIONS", "BIDS", "LIVE", "MAILER")}
)


def is_platforms(name: str, value: str) -> bool:
    """Whether a variable is set by a platform, or meant for a client, by its name and value."""
    if name in _OF_CLIENTS or _BY_NAME.fullmatch(name):
        return True
    rule = _BY_VALUE.get(name.rpartition("_")[2])
    return rule is not None and rule.fullmatch(value) is not None
