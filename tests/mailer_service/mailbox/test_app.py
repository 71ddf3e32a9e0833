"""The page of mails, and the same as JSON."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from mailer_service.mailbox.folder import MailFolder

from .conftest import MAIL

JSON = {"Accept": "application/json"}
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
HOSTILE = MAIL.replace(b"=?utf-8?q?=C3=84pfel?= for you", b"<script>alert(1)</script>").replace(
    b"<body>", b"<body onload=alert(2)><script>alert(3)</script>"
)


def test_an_empty_mailbox_says_so(client: FlaskClient) -> None:
    assert "No mail yet" in client.get("/", headers=HTML).text
    assert client.get("/", headers=JSON).json == {"mails": []}


def test_mails_are_listed_the_newest_first(client: FlaskClient, folder: MailFolder) -> None:
    ids = [folder.keep(MAIL), folder.keep(MAIL)]

    answer = client.get("/", headers=JSON).json

    assert answer is not None
    assert [mail["id"] for mail in answer["mails"]] == ids[::-1]
    assert answer["mails"][0]["subject"] == "Äpfel for you"
    assert answer["mails"][0]["message_id"] == "<1@gavel.example>"
    assert client.get("/", headers=HTML).text.count("Äpfel for you") == 2


def test_a_mail_as_json_has_text_html_and_headers(client: FlaskClient, folder: MailFolder) -> None:
    folder.keep(MAIL)
    listing = client.get("/", headers=JSON).json
    assert listing is not None

    mail = client.get(listing["mails"][0]["_links"]["self"]["href"], headers=JSON).json

    assert mail is not None
    assert mail["text"].strip() == "Grüße"
    assert "localhost:8000" in mail["html"]
    assert ["Message-ID", "<1@gavel.example>"] in mail["headers"]


def test_a_mail_as_a_page_shows_it_in_a_frame(client: FlaskClient, folder: MailFolder) -> None:
    mail_id = folder.keep(MAIL)

    page = client.get(f"/mails/{mail_id}", headers=HTML).text

    assert (
        f'src="/mails/{mail_id}/html" sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    )
    assert "Grüße" in page


def test_hostile_words_are_escaped_on_every_page(client: FlaskClient, folder: MailFolder) -> None:
    mail_id = folder.keep(HOSTILE)

    for path in ("/", "/list", f"/mails/{mail_id}"):
        page = client.get(path, headers=HTML).text
        assert "&lt;script&gt;alert(1)" in page
        assert "<script>alert" not in page


def test_the_mails_own_html_may_nothing(client: FlaskClient, folder: MailFolder) -> None:
    answer = client.get(f"/mails/{folder.keep(HOSTILE)}/html")

    policy = answer.headers["Content-Security-Policy"].split("; ")
    assert "sandbox allow-popups allow-popups-to-escape-sandbox" in policy
    assert "default-src 'none'" in policy
    assert not any(rule.startswith("script-src") for rule in policy)


def test_the_source_is_text_whatever_it_holds(client: FlaskClient, folder: MailFolder) -> None:
    answer = client.get(f"/mails/{folder.keep(HOSTILE)}/source")

    assert answer.content_type == "text/plain; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.data == HOSTILE


def test_older_mails_are_a_page_further(client: FlaskClient, folder: MailFolder) -> None:
    ids = [folder.keep(MAIL) for _ in range(101)]

    page = client.get("/", headers=HTML).text

    assert f"/?before={ids[1]}" in page
    older = client.get(f"/?before={ids[1]}", headers=JSON).json
    assert older is not None
    assert [mail["id"] for mail in older["mails"]] == [ids[0]]


@pytest.mark.parametrize(
    "path",
    [
        "/mails/x",
        "/mails/1700000000000-abcdef01",
        "/mails/1700000000000-abcdef01/html",
        "/mails/x/source",
    ],
)
def test_what_is_not_there_is_a_404(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_another_sites_name_for_this_machine_is_refused(client: FlaskClient) -> None:
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_it_says_that_it_is_well(client: FlaskClient) -> None:
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").json == {"folder": "ok"}
