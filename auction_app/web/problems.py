"""Every error as a page for browsers, as a problem document for programs."""

from typing import Any

from flask import Response, request, url_for
from flask_wtf.csrf import CSRFError
from service_kit.errors import Busy, StoreUnavailable
from service_kit.problems import Problem, respond_problem
from werkzeug.exceptions import BadHost, RequestEntityTooLarge
from werkzeug.exceptions import NotFound as UnknownAddress

from auction_app import errors
from auction_app.web.i18n import _
from auction_app.web.negotiation import page, wants_hal

_REST_BYTES = 8 * 1024 * 1024
_SIGN_IN = {"sign_in", "session_expired"}


def respond(problem: Problem) -> Response:
    """The page of a problem; the sign-in form where signing in is what helps. Pages link within the
    host that was asked for: where that is none, there is no page either."""
    if wants_hal() or isinstance(request.routing_exception, BadHost):
        return respond_problem(problem)
    if problem.reason in _SIGN_IN:
        answer = page(
            "accounts/sign_in.html",
            problem.status,
            next=_where_they_were(),
            form={},
            problem=problem.title,
        )
    else:
        back = _where_they_were() if request.method == "POST" else "/"
        answer = page("web/problem.html", problem.status, problem=problem, back=back)
    for name, value in problem.headers.items():
        answer.headers.setdefault(name, value)
    return answer


def _where_they_were() -> str:
    """Where to go on from here: a form that was sent can't be sent again, but its item, order or
    draft can be shown."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    ids = request.view_args or {}
    if "auction_id" in ids:
        return url_for("items.show", auction_id=ids["auction_id"])
    if "order_id" in ids:
        return url_for("orders.show", order_id=ids["order_id"])
    if "draft_id" in ids:
        return url_for("selling.step", draft_id=ids["draft_id"], step=ids.get("step", "photos"))
    return "/"


def translations() -> dict[type[Exception], Any]:
    """How each error of the app reads to the visitor."""
    return {
        StoreUnavailable: _store_unavailable,
        errors.NotFound: _not_found,
        errors.SpoiltRow: _not_found,
        errors.Removed: _removed,
        UnknownAddress: _not_found,
        errors.SessionExpired: _session_expired,
        errors.NoSession: _no_session,
        errors.SecondFactorNeeded: _second_factor_needed,
        errors.NotVerified: _not_verified,
        errors.BidsUnavailable: _bids_unavailable,
        errors.BooksUnavailable: _books_unavailable,
        errors.NotTheirLink: _not_their_link,
        errors.TicketRefused: _ticket_refused,
        errors.TooManyAttempts: _too_often,
        errors.CursorRefused: _cursor_refused,
        errors.NotPossible: _not_possible,
        errors.Vetoed: _vetoed,
        errors.LinkDead: _link_dead,
        errors.ProviderAway: _provider_away,
        errors.ProviderRefused: _provider_refused,
        errors.WebhookRefused: _webhook_refused,
        Busy: _busy,
        RequestEntityTooLarge: _too_large,
        CSRFError: _not_from_here,
    }


def _not_found(_error: Exception) -> Problem:
    return Problem(
        404,
        _("There is nothing at this address"),
        reason="not_found",
        detail=_("It may have been mistyped, or it is not for you to see."),
    )


def _removed(_error: Exception) -> Problem:
    return Problem(
        410,
        _("This item was removed"),
        reason="removed",
        detail=_("It broke the rules of the house, or its seller has left. Its page is gone."),
    )


def _session_expired(_error: Exception) -> Problem:
    title = _("Your session has expired. Please sign in again.")
    return Problem(401, title, reason="session_expired", headers=_CHALLENGE)


def _no_session(_error: Exception) -> Problem:
    return Problem(401, _("Please sign in first."), reason="sign_in", headers=_CHALLENGE)


# RFC 9110 11.6.1 wants a challenge with every 401; of a scheme that makes no browser ask.
_CHALLENGE = {"WWW-Authenticate": 'Cookie realm="gavel"'}


def _second_factor_needed(_error: Exception) -> Problem:
    return Problem(
        403,
        _("This needs a second factor"),
        reason="second_factor_needed",
        detail=_(
            "Turn two-factor sign-in on in your account, or sign in with a passkey. The house"
            " asks it of everybody who moderates."
        ),
    )


def _not_verified(_error: Exception) -> Problem:
    return Problem(
        403,
        _("Please confirm your e-mail address first"),
        reason="not_verified",
        detail=_("Bidding and selling need an address that we know is yours."),
    )


def _books_unavailable(_error: Exception) -> Problem:
    return Problem(503, _("Your payouts cannot be shown now."), headers={"Retry-After": "5"})


def _not_their_link(_error: Exception) -> Problem:
    return Problem(
        403,
        _("This link belongs to another account"),
        reason="not_their_link",
        detail=_("Sign out, sign in to the account it was sent to, and follow it again."),
    )


def _too_often(error: errors.TooManyAttempts) -> Problem:
    return Problem(
        429,
        _("That was too often"),
        reason="too_often",
        detail=_("Please try again later. Nothing was done this time."),
        headers={"Retry-After": str(error.retry_after_s)},
    )


def _cursor_refused(error: errors.CursorRefused) -> Problem:
    return Problem(400, "Cursor refused", reason="cursor", detail=str(error))


def _not_possible(error: errors.NotPossible) -> Problem:
    return Problem(
        409,
        _("This is not possible now"),
        reason=f"not_possible_{error.reason}",
        detail=_("Things have moved on since you saw the page. Go back, reload it, and look."),
    )


def _vetoed(error: errors.Vetoed) -> Problem:
    return Problem(409, _("This is not possible now"), reason="vetoed", detail=error.why)


def _link_dead(_error: Exception) -> Problem:
    return Problem(
        410,
        _("This link no longer works"),
        reason="link_dead",
        detail=_("It is too old, was used, was replaced by a newer one, or was not copied whole."),
    )


def _bids_unavailable(error: errors.BidsUnavailable) -> Problem:
    return Problem(
        503,
        _("The bidding service does not answer"),
        reason="bids_unavailable",
        detail=_("What you asked for may or may not have arrived. You can safely try again."),
        headers={"Retry-After": str(error.retry_after_s)},
    )


def _provider_away(_error: Exception) -> Problem:
    return Problem(
        503,
        _("The payment provider does not answer"),
        reason="provider_away",
        detail=_("You have not been charged. Please try again in a few seconds."),
        headers={"Retry-After": "5"},
    )


def _provider_refused(_error: Exception) -> Problem:
    return Problem(
        502,
        _("The payment provider did not accept this payment"),
        reason="provider_refused",
        detail=_("You have not been charged. Please tell us, so that we can put it right."),
    )


def _webhook_refused(error: Exception) -> Problem:
    return Problem(400, "Webhook refused", reason="webhook_refused", detail=str(error))


def _busy(error: Busy) -> Problem:
    return Problem(
        503,
        _("Very many people want this just now"),
        reason="busy",
        detail=_("Nothing was done. Please try again in a few seconds."),
        headers={"Retry-After": str(error.retry_after_s)},
    )


def _store_unavailable(_error: Exception) -> Problem:
    return Problem(
        503,
        _("The house does not answer right now"),
        reason="store_unavailable",
        detail=_("What you asked for may or may not have arrived. You can safely try again."),
        headers={"Retry-After": "5"},
    )


def _ticket_refused(_error: Exception) -> Problem:
    return Problem(
        400,
        _("We did not issue this bid to you"),
        reason="ticket_refused",
        detail=_("Nothing was bid. Please start again from the item's page."),
    )


def _too_large(_error: Exception) -> Problem:
    # What is left of the body is read and dropped, or the connection would be reset before the
    # visitor sees the answer.
    request.environ["wsgi.input"].read(_REST_BYTES)
    return Problem(
        413,
        _("That was too much at once"),
        detail=_(
            "Nothing of it was kept. Please send less at a time: fewer photos, a shorter text."
        ),
    )


def _not_from_here(_error: Exception) -> Problem:
    return Problem(
        400,
        _("This form is no longer good"),
        reason="csrf",
        detail=_(
            "It was not sent from one of our pages, or you have signed in or out since."
            " Nothing was done. Go back, reload the page, and send it again."
        ),
    )
