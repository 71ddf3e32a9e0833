"""What an answer of a receiver means, and what its owner can do."""

from typing import NamedTuple


class Meaning(NamedTuple):
    """In plain words, with what to do."""

    said: str
    do: str


_BY_STATUS = {
    400: Meaning(
        "it can't read the delivery", "log what it objects to: does it want another format?"
    ),
    401: Meaning(
        "it refuses the credentials or the signature",
        "give the bus the uuid and the secret that the receiver has:"
        " `bus subscriptions edit NAME --uuid …`, `bus subscriptions rotate NAME --secret …`",
    ),
    404: Meaning("it has nothing at the callback's path", "correct the path of the callback"),
    405: Meaning("it takes no POST at the callback's path", "correct the path of the callback"),
    410: Meaning(
        "it said that it is gone, so the bus stopped",
        "once it is back: `bus subscriptions resume NAME`",
    ),
    413: Meaning(
        "the batch is too large for it", "`bus subscriptions edit NAME --max 10 --uuid …`"
    ),
    415: Meaning(
        "it wants another content type", "`bus subscriptions edit NAME --format … --uuid …`"
    ),
    429: Meaning("it asks to be left alone for a while", "it comes again; or set --events-per-s"),
    502: Meaning("a proxy can't reach it", "start the receiver behind the proxy"),
    503: Meaning("it is busy or in maintenance", "it comes again by itself"),
    504: Meaning("a proxy got no answer from it in time", "answer sooner: 20 s are the limit"),
}
_BY_STATUS[403] = _BY_STATUS[401]

_BY_ERROR = (
    (
        ("leads to a",),
        Meaning(
            "the bus may not call that address: it is private",
            "use a public https address, or have the operator add the host to BUS_TRUSTED_HOSTS",
        ),
    ),
    (
        ("resolve",),
        Meaning("its host's name is not known", "correct the callback's host, or the DNS"),
    ),
    (
        ("refused", "could not connect", "couldn't connect", "failed to connect"),
        Meaning("nobody listens there", "start the receiver, or correct the callback's port"),
    ),
    (
        ("ssl", "certificate", "tls"),
        Meaning("its TLS certificate is not valid", "renew it, with all of its chain"),
    ),
    (
        ("timed out", "timeout"),
        Meaning("it gave no whole answer in time", "answer before you work: 20 s are the limit"),
    ),
    (("empty reply", "reset"), Meaning("it hung up without an answer", "see the receiver's log")),
)
_UNKNOWN = Meaning("it gave no usable answer", "see the receiver's log, and `bus attempts NAME`")


def meaning(status: int | None, error: str | None) -> Meaning | None:
    """What an attempt's answer means; None: it was taken."""
    if status is None:
        words = (error or "").lower()
        return next(
            (said for keys, said in _BY_ERROR if any(key in words for key in keys)), _UNKNOWN
        )
    if 200 <= status < 300:
        return None if error is None else Meaning(error, "answer 2xx without a body")
    return _BY_STATUS.get(status) or _by_class(status)


def _by_class(status: int) -> Meaning:
    if 300 <= status < 400:
        return Meaning("it redirects, which the bus doesn't follow", "make its target the callback")
    if status >= 500:
        return Meaning("it fails by itself", "see the receiver's log; the bus tries again")
    return Meaning("it says no", "see the receiver's log; any 2xx acknowledges")
