"""Members of the app, made by the verbs that its pages call: nearly every test has some.

The pages of signing up and in have tests of their own, which type into them.
"""

from http.cookies import SimpleCookie

from flask import Flask, Response, request, session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf

from auction_app.accounts.forms import SignUpForm
from auction_app.accounts.model import Customer
from auction_app.accounts.open_session import open_session
from auction_app.accounts.repository import customers
from auction_app.accounts.sessions import resume_session
from auction_app.accounts.sign_up import sign_up
from auction_app.accounts.verify_email import verify_email
from auction_app.accounts.visitor import remember, remember_device, session_token
from auction_app.bootstrap import House
from auction_app.web.security import SESSION_S


def open_account(house: House, form: SignUpForm, *, language: str) -> Customer:
    """Do what the page of signing up does, and the link of the mail. Returns the customer as they
    were before they followed it."""
    sign_up(house.store, house.passwords, form, locale=language, terms=form.terms)
    customer = by_email(house, form.email)
    assert customer.verification_id is not None
    signed = house.signatures.link_token("verify-email", customer.id, customer.verification_id)
    verify_email(house.store, house.signatures, signed, visitor=customer)
    return customer


def by_email(house: House, email: str) -> Customer:
    """The customer of an address."""
    with house.store.reading() as conn:
        found = customers.by_email(conn, email)
    assert found is not None
    return found[0]


def let_in(app: Flask, house: House, client: FlaskClient, customer_id: str) -> str:
    """Give a client the cookies of somebody who has signed in; returns the CSRF token that its
    pages would hold."""
    with app.test_request_context(environ_base=client.environ_base):
        with house.begin() as act:
            customers.locked(act.conn, customer_id)
            agent = request.headers.get("User-Agent", "")
            signed_in = open_session(act, customer_id, agent, "password", SESSION_S * 1000)
        remember(signed_in.token)
        token, answer = generate_csrf(), Response()
        remember_device(house, answer, customer_id)
        app.session_interface.save_session(app, session, answer)
    for header in answer.headers.getlist("Set-Cookie"):
        for cookie in SimpleCookie(header).values():
            client.set_cookie(cookie.key, cookie.value)
    return str(token)


def whose(app: Flask, house: House, client: FlaskClient) -> Customer:
    """The customer who is signed in with a client."""
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None, "nobody is signed in"
    with app.test_request_context(headers={"Cookie": f"{cookie.key}={cookie.value}"}):
        return resume_session(house.store, session_token()).customer
