from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from service_kit.problems import install_problems
from service_kit.security_txt import contact, install_security_txt
from werkzeug.test import TestResponse


def asked(whom: str | None) -> TestResponse:
    app = Flask("shop")
    install_problems(app)
    install_security_txt(app, whom, "https://shop.example")
    return app.test_client().get("/.well-known/security.txt")


def test_it_says_whom_to_tell_and_holds_for_less_than_a_year() -> None:
    answer = asked("mailto:security@shop.example")
    assert answer.content_type == "text/plain; charset=utf-8"
    said = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert said["Contact"] == "mailto:security@shop.example"
    assert said["Canonical"] == "https://shop.example/.well-known/security.txt"
    left = datetime.fromisoformat(said["Expires"]) - datetime.now(UTC)
    assert timedelta(days=1) < left < timedelta(days=365)


def test_who_has_named_nobody_has_no_such_file() -> None:
    assert asked(None).status_code == 404


@pytest.mark.parametrize(
    "text", ["security@shop.example", "http://shop.example", "mailto:a@b\nX: y", "mailto:ä@b", ""]
)
def test_what_is_no_contact_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be"):
        contact(text)
