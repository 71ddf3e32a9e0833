"""Calling the bus in process as one client or another."""

from typing import Any

from werkzeug.test import Client, TestResponse

from tests.bus.conftest import ROOT_KEY, TOKENS


def call(
    api: Client, method: str, path: str, body: Any = None, *, by: str | None = "publisher"
) -> TestResponse:
    """A call with Basic credentials; `by` is a client's name, `root`, or None for nobody.

    `body` is sent as JSON, or as it is when it is bytes.
    """
    auth = None if by is None else (ROOT_KEY if by == "root" else TOKENS.get(by, by), "x")
    how = {"data": body} if isinstance(body, bytes) else {"json": body}
    if body is None:
        how = {}
    return api.open(path, method=method, auth=auth, **how)


def assert_problem(response: TestResponse, status: int) -> dict[str, Any]:
    """The problem document, if it is one of this status."""
    assert response.status_code == status, response.text
    assert response.content_type == "application/problem+json"
    document: dict[str, Any] = response.get_json(force=True)
    assert document["status"] == status
    assert document["title"]
    return document
