"""What the service's answers mean: errors, documents, and where their links lead."""

from urllib.parse import urlsplit

from service_kit.errors import HttpFailure, UnexpectedStatus
from service_kit.http import Answer

from bids_client.documents import Document
from bids_client.entities import Links
from bids_client.errors import (
    BidRefused,
    BidsError,
    BidsUnavailable,
    CallRefused,
    NotFound,
    NotPossible,
)


def is_same_host(url: str, other: str) -> bool:
    """Whether two URLs are of one host, of whatever ports."""
    there, here = urlsplit(url), urlsplit(other)
    return (there.scheme, there.hostname) == (here.scheme, here.hostname)


def possible(links: Links, relation: str) -> str:
    """Where a link leads. Raises NotPossible where there is none."""
    if relation not in links:
        raise NotPossible(f"the service has no link {relation!r} now")
    return links[relation]


def translated(error: UnexpectedStatus) -> BidsError:
    """What a status means here."""
    status, problem = error.status, error.problem
    if error.may_pass:
        return BidsUnavailable(f"the bids service answered {status}", error.retry_after_s)
    if status == 404:
        return NotFound(status, problem)
    if status == 409:
        return BidRefused(status, problem)
    return CallRefused(status, problem)


def document_of(url: str, answer: Answer) -> Document:
    """What an answer says. Raises BidsUnavailable for what is no document."""
    try:
        document = answer.json()
    except HttpFailure as error:
        raise BidsUnavailable(str(error)) from error
    return Document(url, document)
