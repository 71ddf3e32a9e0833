"""The emptiest Flask app there is: what a framework costs before anybody does anything."""

from flask import Flask


def create_app() -> Flask:
    """An app with one view that answers an empty 200."""
    app = Flask(__name__)

    @app.route("/", methods=["GET", "POST"])
    def empty() -> str:
        return ""

    @app.get("/readyz")
    def ready() -> str:
        return ""

    return app
