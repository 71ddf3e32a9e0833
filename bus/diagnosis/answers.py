"""What an answer of an endpoint means, and what its owner can do."""

from typing import NamedTuple

from bus.model.delivery import NAMED_AS_FAILED


class Meaning(NamedTuple):
    """In plain words, with what to do; `relation` as in DiagnosisFinding."""

    said: str
    do: str
    relation: str | None = None


_CREDENTIALS = "Give both sides the same user name (uuid) and the same secret."
_PATH = "Correct the callback, or have the endpoint take POST there."
_BY_STATUS = {
    400: Meaning(
        "Its endpoint can't read the delivery.",
        "See in the endpoint's log what it objects to: it may want another format.",
        "edit",
    ),
    401: Meaning(
        "Its endpoint refuses the credentials or the signature (401).", _CREDENTIALS, "secret"
    ),
    403: Meaning(
        "Its endpoint refuses the bus (403): the credentials, the signature, or its address.",
        f"{_CREDENTIALS} Or let the bus through the filter before the endpoint.",
        "secret",
    ),
    404: Meaning("Its endpoint has nothing at the callback's path (404).", _PATH, "edit"),
    405: Meaning("Its endpoint takes no POST at the callback's path (405).", _PATH, "edit"),
    408: Meaning(
        "Its endpoint did not get the request in time (408).",
        "It comes again by itself; see what is slow between the two.",
    ),
    410: Meaning("Its endpoint said that it is gone (410).", "Once it is back, resume.", "resume"),
    413: Meaning(
        "Its endpoint finds the batch too large (413).", "Set fewer events a batch (max).", "edit"
    ),
    415: Meaning(
        "Its endpoint does not take this content type (415).", "Choose another format.", "edit"
    ),
    422: Meaning(
        "Its endpoint does not accept what is in the request (422).",
        "See what it answered.",
        "attempts",
    ),
    429: Meaning(
        "Its endpoint asks for fewer requests (429).",
        "It comes again by itself; a limit (events_per_s) would spare the endpoint.",
        "edit",
    ),
    502: Meaning(
        "A proxy before its endpoint can't reach it (502).", "Start the endpoint behind the proxy."
    ),
    503: Meaning(
        "Its endpoint is busy or in maintenance (503).", "It comes again by itself.", "attempts"
    ),
    504: Meaning(
        "A proxy before its endpoint got no answer in time (504).",
        "Have the endpoint answer before it works: 20 s are the limit.",
    ),
}
_BY_ERROR = (
    (
        ("leads to a",),
        Meaning(
            "Its callback leads to an address that the bus does not call: it is private.",
            "Use a public https address, or have the operator add the host to BUS_TRUSTED_HOSTS.",
            "edit",
        ),
    ),
    (
        ("resolve",),
        Meaning(
            "The DNS does not know the host of its callback.",
            "Correct the callback's host, or the DNS.",
            "edit",
        ),
    ),
    (
        ("refused", "could not connect", "couldn't connect", "failed to connect"),
        Meaning(
            "Nobody listens at the host and port of its callback.",
            "Start the endpoint, or correct the callback.",
            "edit",
        ),
    ),
    (
        ("certificate",),
        Meaning(
            "The TLS certificate of its endpoint is not valid.",
            "Renew the certificate, for this host and with all of its chain.",
            "attempts",
        ),
    ),
    (
        ("ssl", "tls"),
        Meaning(
            "TLS with its endpoint does not work.",
            "See that https is what is spoken at the callback's port.",
            "edit",
        ),
    ),
    (
        ("timed out", "timeout"),
        Meaning(
            "Its endpoint gave no whole answer within 20 s.", "Have it answer before it works."
        ),
    ),
    (
        ("empty reply", "reset", "closed"),
        Meaning("Its endpoint hung up before it had answered.", "See the endpoint's log."),
    ),
)
_NO_ANSWER = Meaning("Its endpoint gave no usable answer.", "See the attempts.", "attempts")
_REDIRECTS = Meaning(
    "Its endpoint redirects, and the bus follows no redirects.",
    "Make the last address the callback.",
    "edit",
)
_SOME_FAILED = Meaning(
    "Its endpoint says yes, but names events as failed.",
    "See what it answered, and mend what fails there.",
    "attempts",
)
_UNREADABLE = Meaning(
    "Its endpoint says yes in a way that can't be read.",
    "Have it answer 2xx without a body; see what it answered.",
    "attempts",
)


def meaning(status: int | None, error: str | None) -> Meaning | None:
    """What came of an attempt; None: it was taken."""
    if status is None:
        words = (error or "").lower()
        found = (said for keys, said in _BY_ERROR if any(key in words for key in keys))
        return next(found, _NO_ANSWER)
    if 200 <= status < 300:
        return _of_a_yes(error)
    return _BY_STATUS.get(status) or _by_class(status)


def is_yes(status: int | None, error: str | None) -> bool:
    """Whether it settled what was sent, or all but some that it named."""
    return meaning(status, error) in {None, _SOME_FAILED}


def _of_a_yes(error: str | None) -> Meaning | None:
    if error is None:
        return None
    return _SOME_FAILED if NAMED_AS_FAILED in error else _UNREADABLE


def _by_class(status: int) -> Meaning:
    if 300 <= status < 400:
        return _REDIRECTS
    if status >= 500:
        return Meaning(
            f"Its endpoint broke down over the delivery ({status}).",
            "See the endpoint's log.",
            "attempts",
        )
    return Meaning(
        f"Its endpoint refuses the delivery ({status}).",
        "See the endpoint's log; any 2xx acknowledges.",
        "attempts",
    )
