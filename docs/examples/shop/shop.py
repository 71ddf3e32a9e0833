"""A shop with two contexts, orders and a notifier: one file, one process, one SQLite file.

What runs where is said by the settings below; docs/leaving-a-monolith.md changes them one by one.
"""

import os
import sys
import time
from contextlib import suppress
from dataclasses import dataclass

from bus_client import connect
from bus_client.outbox import Relay, announce, open_database, outbox_table, reading, writing
from bus_drain import Drain, Event, each, receiver
from bus_drain.fetch import EntityClient, WsgiTransport
from bus_drain.flask import mount
from flask import Flask, Response, request
from sqlalchemy import Column, Integer, MetaData, String, Table, insert, select
from sqlalchemy.exc import IntegrityError

CONTEXTS = os.environ.get("SHOP_CONTEXTS", "orders,notifier").split(",")
BUS = os.environ.get("SHOP_BUS", "inline:")
TOKEN = os.environ.get("SHOP_TOKEN", "")
ORDERS_DATABASE = os.environ.get("ORDERS_DATABASE", "sqlite:///shop.sqlite3")
ORDERS_URL = os.environ.get("ORDERS_URL", "http://localhost:5000")
NOTIFIER_DATABASE = os.environ.get("NOTIFIER_DATABASE", "sqlite:///shop.sqlite3")
NOTIFIER_ORDERS_URL = os.environ.get("NOTIFIER_ORDERS_URL", f"wsgi+{ORDERS_URL}")

app = Flask(__name__)


# ── orders ──────────────────────────────────────────────────────────────────────────────────────
orders_tables = MetaData()
orders = Table(
    "orders",
    orders_tables,
    Column("id", Integer, primary_key=True),
    Column("item", String(80), nullable=False),
)
outbox = outbox_table(orders_tables)


def serve_orders():
    """The orders, and the bus that hears of them."""
    database = open_database(ORDERS_DATABASE)
    orders_tables.create_all(database)
    listeners = LISTENERS if "notifier" in CONTEXTS else {}
    shop_bus = connect(BUS, TOKEN, deliver=receiver(listeners), name="notifier")
    shop_bus.attend("outbox", Relay(database, outbox, shop_bus.publish).publish_waiting)

    @app.post("/orders")
    def place():
        with writing(database) as connection:
            row = insert(orders).values(item=request.form["item"]).returning(orders.c.id)
            number = connection.execute(row).scalar_one()
            url, now_ms = f"{ORDERS_URL}/orders/{number}", time.time_ns() // 1_000_000
            announce(connection, outbox, topic="orders", type="create", url=url, now_ms=now_ms)
        shop_bus.look()  # after the commit, never before
        return Response(f"{url}\n", 201, mimetype="text/plain")

    @app.get("/orders")
    def list_all():
        with reading(database) as connection:
            ids = connection.execute(select(orders.c.id).order_by(orders.c.id)).scalars().all()
        return Response("".join(f"{ORDERS_URL}/orders/{id}\n" for id in ids), mimetype="text/plain")

    @app.get("/orders/<int:number>")
    def show(number):
        with reading(database) as connection:
            item = connection.execute(select(orders.c.item).where(orders.c.id == number)).scalar()
        if item is None:
            return Response(status=404)
        return {"item": item, "_links": {"self": {"href": f"{ORDERS_URL}/orders/{number}"}}}

    return shop_bus


# ── notifier ────────────────────────────────────────────────────────────────────────────────────
notifier_tables = MetaData()
notifications = Table(
    "notifications",
    notifier_tables,
    Column("order_url", String(200), primary_key=True),  # one an order, however often we hear of it
    Column("text", String(200), nullable=False),
)
notifier_database = open_database(NOTIFIER_DATABASE)
holds_orders = NOTIFIER_ORDERS_URL.startswith("wsgi+")
if holds_orders and "orders" not in CONTEXTS:
    sys.exit(f"NOTIFIER_ORDERS_URL: {NOTIFIER_ORDERS_URL}: the orders are not in this process")
orders_client = EntityClient(
    {NOTIFIER_ORDERS_URL.removeprefix("wsgi+"): None},
    transport=WsgiTransport(app) if holds_orders else None,
)


@dataclass(frozen=True)
class Order:
    """An order as the notifier needs it, wherever the orders are."""

    url: str
    item: str

    @classmethod
    def find(cls, url):
        """The order at a URL."""
        entity = orders_client.get(url)
        return cls(url, entity.text("item"))


def notify(event: Event) -> None:
    order = Order.find(event.url)
    row = {"order_url": order.url, "text": f"Thank you for your order: {order.item}"}
    with suppress(IntegrityError), writing(notifier_database) as connection:  # it is told already
        connection.execute(insert(notifications).values(row))


LISTENERS = {"orders.create": each(notify), "orders.noop": each(notify)}


def serve_notifier():
    """What was told to whom, and where the bus delivers once there is one."""
    notifier_tables.create_all(notifier_database)

    @app.get("/notifications")
    def list_notifications():
        query = select(notifications.c.text).order_by(notifications.c.order_url)
        with reading(notifier_database) as connection:
            texts = connection.execute(query).scalars().all()
        return Response("".join(f"{text}\n" for text in texts), mimetype="text/plain")

    if BUS.startswith("http"):
        uuid, secret = os.environ["WEBHOOK_UUID"], os.environ["WEBHOOK_SECRET"]
        mount(app, "/events", Drain(uuid=uuid, secrets=[secret], listeners=LISTENERS))


if "orders" in CONTEXTS:
    bus = serve_orders()
if "notifier" in CONTEXTS:
    serve_notifier()
