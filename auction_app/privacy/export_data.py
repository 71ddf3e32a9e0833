"""Hand a customer everything that is stored about them."""

from typing import Any

from auction_app.accounts.model import Customer
from auction_app.accounts.repository import sessions
from auction_app.alerts.repository import follows, searches
from auction_app.bidding.gateway import Gateway
from auction_app.db.store import Store, Transaction
from auction_app.devices import repository as devices
from auction_app.factors.repository import app_factors, changes, passkeys
from auction_app.listings.repository import auctions
from auction_app.moderation.repository import decisions, message_reports, reports, statements
from auction_app.notifications.repository import notices, preferences
from auction_app.orders.repository import addresses, feedback, messages, orders
from auction_app.payments import repository as payments
from auction_app.questions import repository as questions
from auction_app.second_chances import repository as second_chances
from auction_app.selling.repository import drafts
from auction_app.urls import Urls
from auction_app.watchlist.repository import watches

_MOST = 10_000


def export_data(store: Store, gateway: Gateway, customer: Customer) -> dict[str, Any]:
    """All of it as one JSON document; the own maxima come from bids_service. Blocks for it.

    Raises BidsUnavailable.
    """
    own_bids = gateway.own_bids(customer.id, most=_MOST)
    with store.reading() as conn:
        document = _stored(conn, store.urls, customer, store.clock())
    return document | {
        "bids": [
            {
                "item": bid.auction,
                "maximum": bid.maximum.to_wire(),
                "price_after": bid.price.to_wire(),
                "placed_at_ms": bid.placed_at_ms,
                "outcome": bid.outcome,
            }
            for bid in own_bids
        ]
    }


def _stored(conn: Transaction, urls: Urls, customer: Customer, now_ms: int) -> dict[str, Any]:
    address = addresses.kept_by(conn, customer.id)
    return {
        "account": {
            "name": customer.name,
            "email": customer.email,
            "language": customer.locale,
            "time_zone": customer.time_zone,
            "verified_at_ms": customer.email_verified_at_ms,
            "last_seen_at_ms": customer.last_seen_at_ms,
            "address": vars(address) if address else None,
            "terms_version": customer.terms_version,
            "terms_accepted_at_ms": customer.terms_accepted_at_ms,
            "mails": preferences.of_customer(conn, customer.id),
        },
        "items": [
            {"item": urls.auction(item.id), "title": item.title, "text": item.description}
            for item in auctions.of_seller(conn, customer.id, after=None, limit=_MOST)
        ],
        "orders": [
            {
                "order": urls.order(order.id),
                "item": order.title,
                "side": order.side_of(customer.id),
                "price": order.price.to_wire(),
                "status": order.status.value,
                "sent_to": vars(order.address)
                if order.address and order.buyer_id == customer.id
                else None,
                "asked": [
                    {"for": asked.kind, "reason": asked.reason, "at_ms": asked.at_ms}
                    for asked in order.requests
                    if asked.by == order.side_of(customer.id)
                ],
            }
            for order, _made in orders.of_customer(conn, customer.id, after=None, limit=_MOST)
        ],
        "questions": [
            {"item": urls.auction(found.auction_id), "text": found.text, "answer": found.answer}
            for found in questions.of_asker(conn, customer.id)
        ],
        "feedback_given": [
            {"order": urls.order(said.order_id), "rating": said.rating, "text": said.text}
            for said in feedback.by(conn, customer.id)
        ],
        "notices": [
            {"kind": notice.kind, "item": notice.title, "at_ms": notice.at_ms}
            for notice in notices.of_customer(conn, customer.id, after=None, limit=_MOST)
        ],
        **_smaller_things(conn, urls, customer, now_ms),
    }


def _smaller_things(
    conn: Transaction, urls: Urls, customer: Customer, now_ms: int
) -> dict[str, list[dict[str, Any]]]:
    me = customer.id
    return {
        "drafts": [
            {"typed": draft.fields, "photos": [photo.alt for photo in draft.photos]}
            for draft in drafts.list_of_seller(conn, me, limit=_MOST)
        ],
        "watchlist": [
            {"item": urls.auction(item.id), "since_ms": since_ms}
            for item, since_ms in watches.of_customer(conn, me, after=None, limit=_MOST)
        ],
        "saved_searches": [dict(search.asked) for search in searches.of_customer(conn, me)],
        "followed_sellers": [
            {"seller": urls.customer(id), "name": name}
            for id, name in follows.of_customer(conn, me)
        ],
        "answers": [
            {"item": urls.auction(found.auction_id), "text": found.answer}
            for found in questions.of_seller(conn, me)
            if found.answer is not None
        ],
        "payments": [
            {
                "order": payment.order_url,
                "amount": payment.amount.to_wire(),
                "status": payment.status.value,
            }
            for payment in payments.of_customer(conn, me)
        ],
        "reports": [
            {"item": urls.auction(report.auction_id), "reason": report.reason, "text": report.text}
            for report in reports.reports_by(conn, me)
        ],
        "messages": [
            {"order": urls.order(sent.order_id), "text": sent.text, "at_ms": sent.at_ms}
            for sent in messages.by_author(conn, me)
        ],
        "reports_of_messages": [
            {
                "message": urls.message(report.message_id),
                "reason": report.reason,
                "text": report.text,
            }
            for report in message_reports.by(conn, me)
        ],
        "decisions": [
            {
                "what": decision.action,
                "message": urls.message(decision.message_id) if decision.message_id else None,
                "reason": decision.note,
                "at_ms": decision.at_ms,
                "lifted_at_ms": decision.lifted_at_ms,
                "appeal": decision.appeal,
                "answer": decision.answer,
            }
            for decision in decisions.about(conn, me, limit=_MOST)
        ],
        "told_by_the_house": [
            {"kind": told.kind, "text": told.text, "at_ms": told.at_ms}
            for told in statements.to(conn, me)
        ],
        "second_chances": [
            {
                "item": urls.auction(chance.auction_id),
                "price": chance.price.to_wire(),
                "status": chance.status,
            }
            for chance in second_chances.of_bidder(conn, me)
        ],
        "devices": [
            {"name": device.name, "last_seen_at_ms": device.last_seen_at_ms}
            for device in devices.of_customer(conn, me)
        ],
        "two_factor_sign_in": _two_factor(conn, me),
        "passkeys": [
            {
                "name": passkey.name,
                "created_at_ms": passkey.created_at_ms,
                "last_used_at_ms": passkey.last_used_at_ms,
            }
            for passkey in passkeys.of_customer(conn, me)
        ],
        "sign_in_changes": [
            {"what": change.what, "at_ms": change.at_ms}
            for change in changes.of_customer(conn, me, limit=_MOST)
        ],
        "sessions": [
            {"browser": agent, "since_ms": since_ms, "proved_by": proved_by}
            for _digest, agent, since_ms, proved_by in sessions.of_customer(conn, me, now_ms=now_ms)
        ],
    }


def _two_factor(conn: Transaction, customer_id: str) -> list[dict[str, Any]]:
    """Since when, and how many codes are left; the secret is no one's to read."""
    factor = app_factors.of_customer(conn, customer_id)
    left = app_factors.count_codes(conn, customer_id)
    return [{"since_ms": factor.since_ms, "recovery_codes_left": left}] if factor else []
