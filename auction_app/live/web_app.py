"""What this process asks the web app, always with what the reader itself has shown."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from service_kit.errors import HttpFailure, UnexpectedStatus
from service_kit.http import HttpClient
from service_kit.problems import Problem

from auction_app.live.readers import Credential

ASK_S = 5.0


_ANNOUNCED_AT = re.compile(r".*/announcements/[A-Za-z0-9_-]{1,100}", re.ASCII)
_NEVER = frozenset({400, 404, 410})


class WebAppAway(Exception):
    """The web app can't say now."""


class NotAnnounced(Exception):
    """Nothing was announced at that URL, whenever one asks."""


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


@dataclass(frozen=True, kw_only=True)
class Announced:
    """Maintenance that the house announced, which anybody may know."""

    url: str
    from_ms: int
    until_ms: int
    ended_at_ms: int | None
    words: dict[str, str]

    def is_over(self, now_ms: int) -> bool:
        """Whether nobody needs to know of it any more."""
        return self.ended_at_ms is not None or self.until_ms <= now_ms


class WebApp(Protocol):
    """What readers ask through this process, and what it may know as anybody may."""

    def events(self, credential: Credential, after: str | None) -> Answer:
        """What is new after a cursor. Raises Problem as the web app refuses; WebAppAway."""

    def announcement(self, url: str) -> Announced:
        """What was announced at a URL of the web app's. Raises NotAnnounced, WebAppAway."""

    def announcements(self) -> Sequence[Announced]:
        """What is announced and not over, the next first. Raises WebAppAway."""


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

    def announcement(self, url: str) -> Announced:
        """As the protocol says."""
        path = urlsplit(url).path
        if not _ANNOUNCED_AT.fullmatch(path):
            raise NotAnnounced("announcements have other addresses")
        return _announced(self._public(path))

    def announcements(self) -> Sequence[Announced]:
        """As the protocol says."""
        found = self._public("/announcements")["_embedded"]["announcements"]
        return [_announced(one) for one in found]

    def _public(self, path: str) -> dict[str, Any]:
        try:
            return self._http.get(self._url + path).json()
        except UnexpectedStatus as error:
            raise (NotAnnounced if error.status in _NEVER else WebAppAway)(str(error)) from error
        except HttpFailure as error:
            raise WebAppAway(str(error)) from error


def _announced(document: dict[str, Any]) -> Announced:
    return Announced(
        url=document["_links"]["self"]["href"],
        from_ms=document["from_ms"],
        until_ms=document["until_ms"],
        ended_at_ms=document["ended_at_ms"],
        words=document["words"],
    )


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
