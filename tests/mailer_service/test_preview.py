"""The preview of every mail: in development only."""

from __future__ import annotations

from dataclasses import replace

import pytest
from werkzeug.test import Client

from mailer_service.app import create_app
from mailer_service.config import Config
from mailer_service.letters.formats import LANGUAGES
from mailer_service.model.kinds import KINDS


@pytest.fixture
def client(config: Config) -> Client:
    return Client(create_app(replace(config, preview=True)))


def test_without_the_setting_there_is_none(config: Config) -> None:
    client = Client(create_app(config))

    assert config.preview is False
    assert client.get("/preview/").status_code == 404
    assert client.get("/preview/en/outbid/html").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_mail_is_shown_as_page_html_and_source(client: Client, language: str) -> None:
    for kind in KINDS:
        page = client.get(f"/preview/{language}/{kind}")
        html = client.get(f"/preview/{language}/{kind}/html")
        source = client.get(f"/preview/{language}/{kind}/source")

        assert [page.status_code, html.status_code, source.status_code] == [200] * 3
        assert ("Ada Lovelace" if KINDS[kind].switch or kind == "welcome" else "") in page.text
        assert "<h1" in html.text
        assert source.text.startswith("From: Gavel <mail@gavel.example>")


def test_the_list_leads_to_every_mail(client: Client) -> None:
    page = client.get("/preview/").text

    assert all(f"/preview/en/{kind}" in page for kind in KINDS)


def test_pages_run_no_script_and_mails_are_boxed_in(client: Client) -> None:
    page = client.get("/preview/").headers["Content-Security-Policy"]
    mail = client.get("/preview/en/won/html").headers["Content-Security-Policy"]

    assert "default-src 'none'" in page
    assert "script-src" not in page
    assert mail.startswith("sandbox;")


@pytest.mark.parametrize("path", ["/preview/xx/won", "/preview/en/nothing", "/preview/en/won/x"])
def test_what_there_is_not_is_not_found(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404
