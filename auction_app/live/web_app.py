"""What this process asks the web app, always with what the reader itself has shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode

from service_kit.errors import HttpFailure, UnexpectedStatus
from service_kit.http import HttpClient
from service_kit.problems import Problem

from auction_app.live.readers import Credential

ASK_S = 5.0


class WebAppAway(Exception):
    """The web app can't say now."""


@dataclass(frozen=True, kw_only=True)
class NewsEvent:
    """One message, as the web app worded it; `id` is where to go on after it."""

    id: str
    event: str
    key: str
    data: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What is new, the oldest first, for whom, and where to go on after it; there may be `more`."""

    customer_url: str
    cursor: str
    events: Sequence[NewsEvent]
    more: bool = False


class WebApp(Protocol):
    """What readers ask through this process."""

    def events(self, credential: Credential, after: str | None) -> Answer:
        """What is new after a cursor. Raises Problem as the web app refuses; WebAppAway."""


class HttpWebApp:
    """The web app across HTTP."""

    def __init__(self, url: str, http: HttpClient | None = None) -> None:
        self._url = url
        self._http = http or HttpClient({url: None}, total_s=ASK_S)

    def events(self, credential: Credential, after: str | None) -> Answer:
        """As the protocol says."""
        query = "" if after is None else "?" + urlencode({"after": after})
        headers = {credential.name: credential.value}
        try:
            answer = self._http.get(f"{self._url}/me/events{query}", headers=headers)
            return _read(answer.json())
        except UnexpectedStatus as error:
            if error.status in {400, 401, 403}:
                raise _refusal(error) from error
            raise WebAppAway(f"it answers {error.status}") from error
        except (HttpFailure, KeyError, TypeError) as error:
            raise WebAppAway(str(error)) from error


def _refusal(error: UnexpectedStatus) -> Problem:
    challenge = {"WWW-Authenticate": 'Bearer realm="gavel"'} if error.status == 401 else {}
    title = str(error.problem.get("title", "Refused"))
    return Problem(error.status, title, reason=error.problem.get("reason"), headers=challenge)


def _read(document: dict[str, Any]) -> Answer:
    return Answer(
        customer_url=str(document["_links"]["customer"]["href"]),
        cursor=str(document["cursor"]),
        events=[
            NewsEvent(id=one["id"], event=one["event"], key=one["key"], data=one["data"])
            for one in document["events"]
        ],
        more=bool(document["more"]),
    )
