"""A session's cookie that comes again is known, and is still only what was signed."""

import pytest
from flask import Flask, session
from service_kit.clock import now_ms

from auction_app.web import known_sessions
from auction_app.web.known_sessions import install_known_sessions


@pytest.fixture
def app() -> Flask:
    app = Flask(__name__)
    app.config.update(SECRET_KEY="key of the test", SESSION_REFRESH_EACH_REQUEST=False)
    install_known_sessions(app)

    @app.post("/keep/<word>")
    def keep(word: str) -> str:
        session.permanent = True
        session["words"] = [*session.get("words", []), word]
        return ""

    @app.get("/words")
    def words() -> str:
        kept = session.get("words", [])
        shown = " ".join(kept)
        kept.append("left by another request")
        return shown

    return app


def test_what_a_request_does_to_its_session_reaches_no_other(app: Flask) -> None:
    browser = app.test_client()
    browser.post("/keep/one")

    assert [browser.get("/words").text for _ in range(3)] == ["one", "one", "one"]
    browser.post("/keep/two")
    assert browser.get("/words").text == "one two"


def test_a_cookie_that_was_changed_holds_nothing(app: Flask) -> None:
    browser = app.test_client()
    browser.post("/keep/one")
    cookie = browser.get_cookie("session")
    assert cookie is not None
    browser.get("/words")
    signed, _, signature = cookie.value.rpartition(".")
    # Not its last letter, of which two bits say nothing: "A" and "B" would be the same there.
    changed = ("A" if signature[0] != "A" else "B") + signature[1:]
    browser.set_cookie("session", f"{signed}.{changed}")

    assert browser.get("/words").text == ""


def test_a_cookie_that_is_known_gets_too_old_all_the_same(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = app.test_client()
    browser.post("/keep/one")
    browser.get("/words")
    later = now_ms() + round(app.permanent_session_lifetime.total_seconds() + 2) * 1000
    monkeypatch.setattr(known_sessions, "now_ms", lambda: later)

    assert browser.get("/words").text == ""
