"""What all pages share is served beside what is a service's own."""

from pathlib import Path

import pytest
from flask import Blueprint, Flask, url_for
from flask.testing import FlaskClient
from service_kit.style import add_static


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
@pytest.mark.parametrize(
    "name", ["own.css", "house.css", "gavel.svg", "vendor/pico-2.1.1/pico.min.css"]
)
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


def test_templates_name_them_as_flask_does(app: Flask) -> None:
    with app.test_request_context():
        assert url_for("static", filename="house.css") == "/static/house.css"
        assert url_for("pages.static", filename="own.css") == "/pages/static/own.css"
