"""The provider's API, and the page at which a buyer presses what shall happen."""

import hmac
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, abort, jsonify, redirect, render_template, request
from service_kit.clock import Clock
from service_kit.form_parts import refuse_nameless_parts
from service_kit.health import install_health

from auction_app.till.config import Config
from auction_app.till.ledger import Document, Ledger
from auction_app.till.press import BUTTONS, REFUNDED, close, press, tell
from auction_app.till.wire import WireError, new_refund, new_session, once, page_of, shown

_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none';"
    " form-action 'self' {house}"
)


def create_app(config: Config, ledger: Ledger, clock: Clock) -> Flask:
    """The WSGI app over what the till knows."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = 64 * 1024
    # Other sites' scripts could press by pointing a name of theirs at 127.0.0.1.
    app.config["TRUSTED_HOSTS"] = ["localhost", "127.0.0.1", ".localhost"]
    refuse_nameless_parts(app)
    install_health(app, {"ledger": ledger.check})
    app.register_error_handler(WireError, _refuse)
    app.register_error_handler(OSError, _come_again)
    house = config.webhook_url.rpartition("/webhooks/")[0]

    @app.before_request
    def know_the_caller() -> None:
        if request.path.startswith("/v1/") and not _shows_key(config.api_key):
            raise WireError(401, "api_key_invalid", "not a key of this till")

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = _POLICY.format(house=house)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "no-store"
        return response

    _add_sessions(app, config, ledger, clock)
    _add_refunds(app, ledger, clock)
    _add_page(app, config, ledger, clock)
    return app


def _add_sessions(app: Flask, config: Config, ledger: Ledger, clock: Clock) -> None:
    @app.post("/v1/checkout/sessions")
    def open_session() -> Response:
        def make() -> Document:
            return new_session(ledger, request.form, url=config.url, now_s=clock() // 1000)

        return jsonify(shown(ledger, _once(ledger, make)))

    @app.get("/v1/checkout/sessions/<name>")
    def session(name: str) -> Response:
        whole = any(value == "payment_intent" for value in request.args.values())
        return jsonify(shown(ledger, _found(ledger, name, "checkout.session"), expand=whole))

    @app.post("/v1/checkout/sessions/<name>/expire")
    def close_session(name: str) -> Response:
        found = _found(ledger, name, "checkout.session")
        return jsonify(close(ledger, found["id"], now_ms=clock()))

    @app.get("/v1/events")
    def events() -> Response:
        return jsonify(page_of(ledger.all_of("event"), "/v1/events"))


def _add_refunds(app: Flask, ledger: Ledger, clock: Clock) -> None:
    @app.post("/v1/refunds")
    def refund() -> Response:
        def make() -> Document:
            made = new_refund(ledger, request.form)
            tell(ledger, REFUNDED, made, due_ms=clock())
            return made

        return jsonify(_once(ledger, make))

    @app.get("/v1/refunds")
    def refunds() -> Response:
        of = request.args.get("payment_intent")
        found = [it for it in ledger.all_of("refund") if of in {None, it["payment_intent"]}]
        return jsonify(page_of(found, "/v1/refunds"))


def _add_page(app: Flask, config: Config, ledger: Ledger, clock: Clock) -> None:
    @app.get("/pay/<name>")
    def page(name: str) -> str:
        session = _found(ledger, name, "checkout.session")
        intent = ledger.find(session["payment_intent"] or "") or {}
        return render_template(
            "till.html",
            session=session,
            buttons=BUTTONS,
            declined=bool(intent.get("last_payment_error")),
        )

    @app.post("/pay/<name>")
    def pressed(name: str) -> Any:
        session = _found(ledger, name, "checkout.session")
        button = BUTTONS.get(request.form.get("button", ""))
        if button is None:
            abort(400)
        after = press(ledger, session["id"], button, now_ms=clock(), late_s=config.late_s)
        declined = after["status"] == "open"
        return redirect(request.path if declined else session["success_url"], 303)


def _once(ledger: Ledger, make: Callable[[], Document]) -> Document:
    return once(ledger, request.headers.get("Idempotency-Key", ""), request.form, make)


def _found(ledger: Ledger, name: str, kind: str) -> Document:
    found = ledger.find(name)
    if found is None or found["object"] != kind:
        raise WireError(404, "resource_missing", f"no such {kind}")
    return found


def _shows_key(api_key: str) -> bool:
    shown_key = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return hmac.compare_digest(shown_key.encode(), api_key.encode())


def _refuse(error: WireError) -> tuple[Response, int]:
    return jsonify(error.document()), error.status


def _come_again(_error: OSError) -> tuple[Response, int, dict[str, str]]:
    full = WireError(503, "ledger_unavailable", "the till can't write down anything now")
    return jsonify(full.document()), full.status, {"Retry-After": "1"}
