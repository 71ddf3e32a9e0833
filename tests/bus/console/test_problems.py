"""What the console says when the API refuses."""

import pytest

from bus.console.api_call import ApiAnswer
from bus.console.problems import refused


@pytest.mark.parametrize(("retry_after", "headers"), [("2", {"Retry-After": "2"}), (None, {})])
def test_when_to_ask_again_is_passed_on(retry_after: str | None, headers: dict[str, str]) -> None:
    problem = refused(ApiAnswer(503, {"title": "Away"}, retry_after))
    assert (problem.status, dict(problem.headers)) == (503, headers)
