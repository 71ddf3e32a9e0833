"""What all pages share is served beside what is a service's own."""

import gzip
import re
from pathlib import Path

import pytest
from flask import Blueprint, Flask, url_for
from flask.testing import FlaskClient
from service_kit.style import add_static

from tests import pico


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    (tmp_path / "own.css").write_text("own")
    made = Flask(__name__, static_folder=None)
    made.config["SEND_FILE_MAX_AGE_DEFAULT"] = 60
    add_static(made, tmp_path)
    pages = Blueprint("pages", __name__, url_prefix="/pages")
    add_static(pages, tmp_path)
    made.register_blueprint(pages)
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.mark.parametrize("place", ["", "/pages"])
@pytest.mark.parametrize("name", ["own.css", "house.css", "gavel.svg", "pico.css"])
def test_both_are_there_under_one_address(client: FlaskClient, place: str, name: str) -> None:
    with client.get(f"{place}/static/{name}") as answer:
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=60"
        etag = answer.headers["ETag"]
    with client.get(f"{place}/static/{name}", headers={"If-None-Match": etag}) as again:
        assert again.status_code == 304


@pytest.mark.parametrize("name", ["none.css", "../__init__.py", "%2fetc/passwd", "vendor", "a%00b"])
def test_nothing_else_is(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/static/{name}", follow_redirects=True)
    assert answer.status_code == 404


@pytest.mark.parametrize("place", ["", "/pages"])
def test_templates_name_them_by_their_content_and_browsers_keep_them_for_a_year(
    app: Flask, client: FlaskClient, tmp_path: Path, place: str
) -> None:
    def named(filename: str) -> str:
        with app.test_request_context():
            return url_for("pages.static" if place else "static", filename=filename)

    before = named("own.css")
    (tmp_path / "own.css").write_text("another")
    after = named("own.css")

    assert re.fullmatch(rf"{place}/static/own\.[0-9a-f]{{12}}\.css", after)
    assert before != after
    with client.get(after) as answer:
        assert answer.get_data(as_text=True) == "another"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    with client.get(before) as old:
        assert old.get_data(as_text=True) == "another"
        assert old.headers["Cache-Control"] == "public, max-age=60"
    assert named("none.css") == f"{place}/static/none.css"


def test_a_stylesheet_travels_packed_to_who_takes_that(app: Flask, client: FlaskClient) -> None:
    name = "/static/pico.css"
    takes = {"Accept-Encoding": "br, gzip"}
    with client.get(name) as plain, client.get(name, headers=takes) as packed:
        assert gzip.decompress(packed.data) == plain.data
        assert len(packed.data) < len(plain.data) / 4
        assert packed.headers["Content-Encoding"] == "gzip"
        assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
        assert packed.headers["ETag"] != plain.headers["ETag"]
        assert packed.cache_control.max_age == plain.cache_control.max_age == 60
        known = takes | {"If-None-Match": packed.headers["ETag"]}
    with client.get(name, headers=known) as again:
        assert again.status_code == 304


def test_of_pico_what_pages_use_is_served_and_not_the_rest() -> None:
    assert pico.CUT.read_text() == pico.build(), "run `make styles`"
    assert pico.CUT.stat().st_size < pico.WHOLE.stat().st_size * 0.6


@pytest.mark.parametrize(
    ("page", "kept"),
    [
        ('<p class="note">', "[hidden]{display:none}p .note{color:red}"),
        ("<a>", "[hidden]{display:none}"),
        (
            '<p><input class="note" type="color">',
            "[hidden]{display:none}p .note{color:red}[type=color]{width:var(--b)}",
        ),
    ],
)
def test_a_rule_stays_whose_selector_can_match(page: str, kept: str) -> None:
    css = (
        ":root{--b:1px;--c:2px}[hidden]{display:none}[data-theme=dark]{top:0}"
        "p .note,p .other{color:red}"
        "@media print{.gone{top:0}}[type=color]{width:var(--b)}"
    )

    shown = pico.cut(css, pico.Used([page]), readers="")

    assert shown == (":root{--b:1px;}" if "--b" in kept else "") + kept
