"""What the entrance of threads doesn't do, it says."""

from flask.testing import FlaskClient

from tests.bus.api.calling import assert_problem


def test_a_stream_is_refused_with_what_to_do_instead(api: FlaskClient) -> None:
    headers = {
        "Authorization": "Bearer subscriber-token-of-the-tests",
        "Accept": "text/event-stream",
    }
    refused = assert_problem(api.get("/events", headers=headers), 406)
    assert "wait" in refused["detail"]
    assert "bus.asgi" in refused["detail"]
