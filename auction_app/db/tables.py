"""The tables of the web app."""

from service_kit.outbox import outbox_table
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

metadata = MetaData()

outbox = outbox_table(metadata, traced=True)


def _address_columns() -> tuple[Column[str], ...]:
    return (
        Column("name", String(100), nullable=False),
        Column("street", String(200), nullable=False),
        Column("postal_code", String(20), nullable=False),
        Column("city", String(100), nullable=False),
        Column("country", String(2), nullable=False),
    )


customers = Table(
    "customers",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("name", String(60), nullable=False),
    Column("email", String(254), nullable=False),
    Column("email_key", String(254), nullable=False, unique=True),
    Column("password_hash", String(255), nullable=False),
    Column("locale", String(8), nullable=False),
    Column("created_at_ms", BigInteger, nullable=False),
    Column("email_verified_at_ms", BigInteger),
    Column("verification_id", String(32)),
    Column("verification_requested_at_ms", BigInteger),
    Column("welcomed_id", String(32)),
    Column("time_zone", String(64)),
    Column("password_reset_id", String(32)),
    Column("password_reset_at_ms", BigInteger),
    Column("address_change_id", String(32)),
    Column("address_change_to", String(254)),
    Column("address_change_at_ms", BigInteger),
    # Somebody wanted to open an account under this address, which has one.
    Column("sign_up_again_id", String(32)),
    Column("sign_up_again_at_ms", BigInteger),
    Column("moderator", Boolean, nullable=False, server_default=false()),
    Column("banned_at_ms", BigInteger),
    Column("deleted_at_ms", BigInteger),
    Column("last_seen_at_ms", BigInteger),
    # Of the terms of use, which its owner accepted last.
    Column("terms_version", String(16)),
    Column("terms_accepted_at_ms", BigInteger),
)

# What moderators wrote into help, contact, terms, privacy and imprint, and all that stood there
# before.
house_pages = Table(
    "house_pages",
    metadata,
    Column("name", String(12), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("language", String(8), primary_key=True),
    Column("text", Text, nullable=False),
    Column("editor_id", ForeignKey("customers.id"), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_digest", String(64), primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("created_at_ms", BigInteger, nullable=False),
    Column("expires_at_ms", BigInteger, nullable=False),
    Column("agent", String(200), nullable=False, server_default=""),
    # How its owner proved who they are: password, code (a password and a code), passkey.
    Column("proved_by", String(8), nullable=False, server_default="password"),
)

# Apps that show codes for signing in. The secret is sealed; a code's step is used up with it.
app_factors = Table(
    "app_factors",
    metadata,
    Column("customer_id", ForeignKey("customers.id"), primary_key=True),
    Column("sealed_secret", String(200), nullable=False),
    Column("since_ms", BigInteger, nullable=False),
    Column("last_step", BigInteger, nullable=False),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("customer_id", ForeignKey("customers.id"), primary_key=True),
    Column("digest", String(64), primary_key=True),
    Column("used_at_ms", BigInteger),
)

# The public halves of customers' passkeys, in base64url.
passkeys = Table(
    "passkeys",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("credential_id", String(1400), nullable=False, unique=True),
    Column("public_key", Text, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("name", String(60), nullable=False),
    Column("created_at_ms", BigInteger, nullable=False),
    Column("last_used_at_ms", BigInteger),
)

# What browsers were asked to sign, by its digest: answered once, and for a few minutes.
passkey_challenges = Table(
    "passkey_challenges",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("purpose", String(12), nullable=False),
    Column("customer_id", String(16)),
    Column("expires_at_ms", BigInteger, nullable=False, index=True),
)

# What changed about how somebody signs in; a mail tells each once.
sign_in_changes = Table(
    "sign_in_changes",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False),
    Column("what", String(20), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Index("ix_sign_in_changes_customer", "customer_id", "at_ms"),
)

# Planned maintenance; `words` by language. Its author is the house's, whose record outlives them.
announcements = Table(
    "announcements",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("author_id", String(16), nullable=False),
    Column("from_ms", BigInteger, nullable=False),
    Column("until_ms", BigInteger, nullable=False, index=True),
    Column("words", JSON, nullable=False),
    Column("announced_at_ms", BigInteger, nullable=False),
    Column("ended_at_ms", BigInteger),
)

# Machines of customers. `begins_after` is the number of the sale after which one listens.
devices = Table(
    "devices",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("name", String(60), nullable=False),
    Column("token_digest", String(64), nullable=False, unique=True),
    Column("begins_after", Integer, nullable=False),
    Column("added_at_ms", BigInteger, nullable=False),
    Column("last_seen_at_ms", BigInteger),
)

# What must not be done too often, by a digest of what is done and by whom.
attempts = Table(
    "attempts",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("subject", String(64), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Index("ix_attempts_subject", "subject", "at_ms"),
)

auctions = Table(
    "auctions",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("seller_id", ForeignKey("customers.id"), nullable=False),
    Column("title", String(80), nullable=False),
    Column("description", Text, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("start_price_minor", BigInteger, nullable=False),
    Column("increments", JSON, nullable=False),
    Column("starts_at_ms", BigInteger, nullable=False),
    Column("ends_at_ms", BigInteger, nullable=False),
    Column("created_at_ms", BigInteger, nullable=False),
    # When the bidding ends as far as is known, and when it was seen closed: kept beside the
    # terms, so that lists sort and filter on one table.
    Column("current_ends_at_ms", BigInteger, nullable=False),
    Column("closed_at_ms", BigInteger),
    # Moderators hide what breaks the rules: it is in no list, and its page is gone.
    Column("hidden_at_ms", BigInteger),
    Column("category", String(24), nullable=False, server_default="other"),
    Column("condition", String(16), nullable=False, server_default="used"),
    Column("postage", String(300), nullable=False, server_default=""),
    Column("returns", String(16), nullable=False, server_default="none"),
    # How it reaches its buyer; what that costs, where the seller has named it.
    Column("delivery", String(12), nullable=False, server_default="ask"),
    Column("postage_minor", BigInteger),
    Column("location", String(80), nullable=False, server_default=""),
    Column("payment", String(80), nullable=False, server_default=""),
    Column("reserve_minor", BigInteger),
    Column("buy_now_minor", BigInteger),
    Column("soft_close_window_ms", BigInteger),
    Column("soft_close_extension_ms", BigInteger),
    Column("hard_end_at_ms", BigInteger),
    Index("ix_auctions_ending", "current_ends_at_ms", "id"),
    Index("ix_auctions_created", "created_at_ms", "id"),
    Index("ix_auctions_seller", "seller_id", "created_at_ms", "id"),
    Index(
        "ix_auctions_not_closed",
        "current_ends_at_ms",
        sqlite_where=text("closed_at_ms IS NULL"),
        postgresql_where=text("closed_at_ms IS NULL"),
    ),
)

# What can be searched: open listings only, with what lists filter and sort by beside each other.
# The words are an FTS5 table of the same numbers on SQLite, a tsvector column on PostgreSQL; both
# are made in the migration. A price is in thousandths of its currency. `rules` says by which rules
# the words were taken apart: what older ones did is done anew.
search_entries = Table(
    "search_entries",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("auction_id", ForeignKey("auctions.id"), nullable=False, unique=True),
    Column("category", String(24), nullable=False),
    Column("condition", String(16), nullable=False, server_default=""),
    Column("format", String(8), nullable=False, server_default=""),
    Column("currency", String(3), nullable=False, server_default=""),
    Column("rules", Integer, nullable=False, server_default="0"),
    Column("price", BigInteger, nullable=False),
    Column("interest", Integer, nullable=False),
    Column("starts_at_ms", BigInteger, nullable=False),
    Column("ends_at_ms", BigInteger, nullable=False),
    Column("listed_at_ms", BigInteger, nullable=False),
    Index("ix_search_ending", "ends_at_ms", "auction_id"),
    Index("ix_search_listed", "listed_at_ms", "auction_id"),
    Index("ix_search_price", "price", "auction_id"),
    Index("ix_search_interest", "interest", "auction_id"),
    Index("ix_search_category", "category"),
    Index("ix_search_rules", "rules"),
)

# By bytes, as SQLite has it: what begins with a text then stands together.
_BYTEWISE = String(48).with_variant(String(48, collation="C"), "postgresql")

# The stems that listings have used, each as somebody wrote it.
search_stems = Table(
    "search_stems",
    metadata,
    Column("stem", _BYTEWISE, primary_key=True),
    Column("written", String(255), nullable=False),
)

# Under what a stem is found: its ends, and what it has in common with those spelt nearly so.
search_forms = Table(
    "search_forms",
    metadata,
    Column("form", _BYTEWISE, primary_key=True),
    Column("stem", _BYTEWISE, primary_key=True),
)

# Second chances that sellers have offered, as bids_service told.
second_chances = Table(
    "second_chances",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("url", String(1024), nullable=False, unique=True),
    Column("auction_id", ForeignKey("auctions.id"), nullable=False),
    Column("bidder_id", String(16), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("price_minor", BigInteger, nullable=False),
    Column("status", String(16), nullable=False),
    Column("expires_at_ms", BigInteger, nullable=False),
    Index("ix_second_chances_auction", "auction_id"),
)

# Who watches what.
watches = Table(
    "watches",
    metadata,
    Column("customer_id", ForeignKey("customers.id"), primary_key=True),
    Column("auction_id", ForeignKey("auctions.id"), primary_key=True),
    Column("since_ms", BigInteger, nullable=False),
    Index("ix_watches_latest", "customer_id", "since_ms", "auction_id"),
    Index("ix_watches_auction", "auction_id"),
)

# A listing that is being written: its fields as typed, saved as one goes. Its id becomes the
# auction's, so that publishing twice lists once.
drafts = Table(
    "drafts",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("seller_id", ForeignKey("customers.id"), nullable=False),
    Column("fields", JSON, nullable=False),
    Column("created_at_ms", BigInteger, nullable=False),
    Column("saved_at_ms", BigInteger, nullable=False),
    Index("ix_drafts_seller", "seller_id", "saved_at_ms", "id"),
)

# A draft's photos: waiting for the job, ready, or refused with the word why.
draft_photos = Table(
    "draft_photos",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("draft_id", ForeignKey("drafts.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("name", String(100), nullable=False),
    Column("alt", String(200), nullable=False),
    Column("state", String(8), nullable=False),
    Column("reason", String(24)),
    Column("width", Integer),
    Column("height", Integer),
    # How often the job has begun with it: what ends whoever takes it is not taken first again.
    Column("attempts", Integer, nullable=False, server_default="0"),
    Index("ix_draft_photos_draft", "draft_id", "position"),
    Index(
        "ix_draft_photos_waiting",
        "position",
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
)

photos = Table(
    "photos",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("auction_id", ForeignKey("auctions.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("alt", String(200), nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    UniqueConstraint("auction_id", "position"),
)

# What is known of the bidding: a copy, healed by fetching, never the truth.
biddings = Table(
    "biddings",
    metadata,
    Column("auction_id", ForeignKey("auctions.id"), primary_key=True),
    Column("url", String(1024), nullable=False, unique=True),
    Column("status", String(16), nullable=False),
    Column("outcome", String(16)),
    Column("price_minor", BigInteger),
    Column("minimum_minor", BigInteger),
    Column("bid_count", Integer, nullable=False),
    Column("known_bids", Integer, nullable=False),
    Column("reserve", String(16), nullable=False),
    Column("ends_at_ms", BigInteger, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("leader_id", String(16)),
    # What bids_service has links for, such as "place-bid buy-now".
    Column("possible", String(80), nullable=False, server_default=""),
    Column("fetched_at_ms", BigInteger, nullable=False),
    Index(
        "ix_biddings_incomplete",
        "fetched_at_ms",
        sqlite_where=text("known_bids <> bid_count"),
        postgresql_where=text("known_bids <> bid_count"),
    ),
    Index(
        "ix_biddings_open",
        "fetched_at_ms",
        sqlite_where=text("status <> 'closed'"),
        postgresql_where=text("status <> 'closed'"),
    ),
)

bids = Table(
    "bids",
    metadata,
    Column("url", String(1024), primary_key=True),
    Column("auction_id", ForeignKey("auctions.id"), nullable=False),
    Column("bidder_id", String(16), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("price_minor", BigInteger, nullable=False),
    Column("placed_at_ms", BigInteger, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("masked_bidder", String(32), nullable=False, server_default=""),
    Column("retracted_at_ms", BigInteger),
    Index("ix_bids_auction", "auction_id", "sequence"),
)

# One row for each auction that somebody has bid in: "my bids" is one index scan.
participations = Table(
    "participations",
    metadata,
    Column("customer_id", String(16), primary_key=True),
    Column("auction_id", ForeignKey("auctions.id"), primary_key=True),
    Column("last_bid_at_ms", BigInteger, nullable=False),
    Index("ix_participations_latest", "customer_id", "last_bid_at_ms", "auction_id"),
)

# Entities that changed elsewhere and have not been fetched since. Each notice has an id of its
# own, so that a change that comes while its entity is being fetched is not forgotten.
stale_entities = Table(
    "stale_entities",
    metadata,
    Column("url", String(1024), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("notice_id", BigInteger, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("due_at_ms", BigInteger, nullable=False, index=True),
)

# Services that did not answer when they were last asked; no row: all is well.
outages = Table(
    "outages",
    metadata,
    Column("service", String(16), primary_key=True),
    Column("since_ms", BigInteger, nullable=False),
)

# A bid's ticket from the moment before it is first sent; `result` once the answer is known. A
# purchase or an offer is here only until then.
placed_tickets = Table(
    "placed_tickets",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False),
    Column("auction_id", ForeignKey("auctions.id"), nullable=False),
    Column("sent_at_ms", BigInteger, nullable=False),
    Column("result", JSON(none_as_null=True)),
)

# How a customer wants to hear of each kind of news by mail; no row: at once.
notice_preferences = Table(
    "notice_preferences",
    metadata,
    Column("customer_id", ForeignKey("customers.id"), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("mode", String(8), nullable=False),
)

# News for one customer on the site, once for each thing that it is about.
notices = Table(
    "notices",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("about", String(1024), nullable=False),
    Column("auction_id", ForeignKey("auctions.id"), nullable=False),
    Column("path", String(200), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("noted_at_ms", BigInteger),
    Column("read_at_ms", BigInteger),
    UniqueConstraint("customer_id", "kind", "about"),
    Index("ix_notices_latest", "customer_id", "at_ms", "id"),
    Index(
        "ix_notices_unread",
        "customer_id",
        sqlite_where=text("read_at_ms IS NULL"),
        postgresql_where=text("read_at_ms IS NULL"),
    ),
)

questions = Table(
    "questions",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("auction_id", ForeignKey("auctions.id"), nullable=False),
    Column("asker_id", ForeignKey("customers.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("answer", Text),
    Column("asked_at_ms", BigInteger, nullable=False),
    Column("answered_at_ms", BigInteger),
    Index("ix_questions_auction", "auction_id", "asked_at_ms"),
    Index("ix_questions_asker", "asker_id"),
)

# What became of a sale. `sold_by` is the URL of the bidding (or offer) that sold it: one order.
orders = Table(
    "orders",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("sold_by", String(1024), nullable=False, unique=True),
    Column("auction_id", ForeignKey("auctions.id"), nullable=False),
    Column("seller_id", ForeignKey("customers.id"), nullable=False),
    Column("buyer_id", ForeignKey("customers.id"), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("price_minor", BigInteger, nullable=False),
    Column("status", String(16), nullable=False),
    Column("created_at_ms", BigInteger, nullable=False),
    # What the seller has named for the delivery, where the listing had left it open.
    Column("postage_minor", BigInteger),
    # When its buyer is to have paid, and when the job looks whether they have.
    Column("due_at_ms", BigInteger),
    Column("remind_at_ms", BigInteger),
    # Of each seller's sales, as they become visible: who reads them in order misses none.
    Column("sale_number", Integer),
    Index("ix_orders_sale_number", "seller_id", "sale_number", unique=True),
    Index("ix_orders_seller", "seller_id", "created_at_ms", "id"),
    Index("ix_orders_buyer", "buyer_id", "created_at_ms", "id"),
    Index("ix_orders_auction", "auction_id"),
    Index(
        "ix_orders_remind",
        "remind_at_ms",
        sqlite_where=text("status = 'agreed'"),
        postgresql_where=text("status = 'agreed'"),
    ),
)

# Where a customer has things sent: asked for with an order, kept for the next one.
addresses = Table(
    "addresses",
    metadata,
    Column("customer_id", ForeignKey("customers.id"), primary_key=True),
    *_address_columns(),
)

# Where an order is sent; its seller's to know.
order_addresses = Table(
    "order_addresses",
    metadata,
    Column("order_id", ForeignKey("orders.id"), primary_key=True),
    *_address_columns(),
)

# Of what its buyer was reminded.
order_reminders = Table(
    "order_reminders",
    metadata,
    Column("order_id", ForeignKey("orders.id"), primary_key=True),
    Column("kind", String(8), primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
)

order_steps = Table(
    "order_steps",
    metadata,
    Column("order_id", ForeignKey("orders.id"), primary_key=True),
    Column("status", String(16), primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("by", String(8), nullable=False),
    # Why the house took it.
    Column("because", String(16)),
)

# What one side of an order asks of the other (`kind`), and what that answered.
order_requests = Table(
    "order_requests",
    metadata,
    Column("order_id", ForeignKey("orders.id"), primary_key=True),
    Column("kind", String(8), primary_key=True),
    Column("by", String(8), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("answer", String(8)),
    Column("note", Text),
    Column("answered_at_ms", BigInteger),
)

# What the two sides of an order write to each other: `text` is forgotten with the account that
# wrote it, and what has `removed_at_ms` neither side sees. No two of an order are of one time.
order_messages = Table(
    "order_messages",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("order_id", ForeignKey("orders.id"), nullable=False),
    Column("author_id", ForeignKey("customers.id"), nullable=False),
    Column("text", Text),
    Column("at_ms", BigInteger, nullable=False),
    Column("removed_at_ms", BigInteger),
    Index("uq_order_messages_order", "order_id", "at_ms", unique=True),
    Index("ix_order_messages_author", "author_id"),
)

# By whom, and under which number, an order went `out` to its buyer, or `back`.
order_parcels = Table(
    "order_parcels",
    metadata,
    Column("order_id", ForeignKey("orders.id"), primary_key=True),
    Column("way", String(4), primary_key=True),
    Column("carrier", String(40), nullable=False),
    Column("number", String(60), nullable=False),
)

# What an order's buyer owes or has paid, by the order's URL: one of each order.
payments = Table(
    "payments",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("order_url", String(1024), nullable=False, unique=True),
    Column("auction_id", ForeignKey("auctions.id"), nullable=False),
    Column("buyer_id", ForeignKey("customers.id"), nullable=False),
    Column("seller_id", ForeignKey("customers.id"), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("status", String(16), nullable=False),
    Column("trouble", String(16)),
    Column("created_at_ms", BigInteger, nullable=False),
    Column("paid_at_ms", BigInteger),
    Column("refunded_at_ms", BigInteger),
    Index("ix_payments_created_at_ms", "created_at_ms", "id"),
)

# Visits to the payment provider's page, from before it is asked for one; `look_at_ms` is when it
# is to be asked how far one is, null when nothing can follow.
checkouts = Table(
    "checkouts",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("payment_id", ForeignKey("payments.id"), nullable=False, index=True),
    Column("provider_id", String(255), unique=True),
    Column("url", Text),
    Column("charge_id", String(255)),
    Column("status", String(16), nullable=False),
    Column("trouble", String(16)),
    Column("created_at_ms", BigInteger, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("look_at_ms", BigInteger, index=True),
)

# Events of the provider that were taken, by its ids, for as long as it may send them again.
provider_events = Table(
    "provider_events",
    metadata,
    Column("id", String(255), primary_key=True),
    Column("at_ms", BigInteger, nullable=False, index=True),
)

feedback = Table(
    "feedback",
    metadata,
    Column("order_id", ForeignKey("orders.id"), primary_key=True),
    Column("author_id", ForeignKey("customers.id"), primary_key=True),
    Column("about_id", ForeignKey("customers.id"), nullable=False),
    Column("rating", String(8), nullable=False),
    Column("text", String(500), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Index("ix_feedback_about", "about_id", "at_ms"),
)

# That a watched item ends soon, once for each who watches it.
reminders = Table(
    "reminders",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("auction_id", ForeignKey("auctions.id"), nullable=False),
    Column("customer_id", ForeignKey("customers.id"), nullable=False),
    Column("ends_at_ms", BigInteger, nullable=False),
    Column("created_at_ms", BigInteger, nullable=False),
    UniqueConstraint("auction_id", "customer_id"),
)

reports = Table(
    "reports",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("auction_id", ForeignKey("auctions.id"), nullable=False),
    Column("reporter_id", ForeignKey("customers.id"), nullable=False),
    Column("reason", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("settled_at_ms", BigInteger),
    UniqueConstraint("auction_id", "reporter_id"),
    Index("ix_reports_queue", "settled_at_ms", "at_ms", "id"),
)

# What whoever got a message tells moderators about it.
message_reports = Table(
    "message_reports",
    metadata,
    Column("message_id", ForeignKey("order_messages.id"), primary_key=True),
    Column("reporter_id", ForeignKey("customers.id"), nullable=False),
    Column("reason", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("settled_at_ms", BigInteger),
    Index("ix_message_reports_queue", "settled_at_ms", "at_ms"),
    Index("ix_message_reports_reporter", "reporter_id"),
)

# What moderators decided about an item (`hide`, `end`), a message about its sale (`hide`, with
# `message_id`) or an account (`ban`), and the one appeal of whom it concerns: `answer` says why it
# was rejected, `lifted_at_ms` that it holds no longer.
decisions = Table(
    "decisions",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("action", String(8), nullable=False),
    Column("auction_id", ForeignKey("auctions.id")),
    Column("customer_id", ForeignKey("customers.id"), nullable=False),
    Column("note", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("lifted_at_ms", BigInteger),
    Column("appeal", Text),
    Column("appealed_at_ms", BigInteger),
    Column("answer", Text),
    Column("answered_at_ms", BigInteger),
    Column("message_id", ForeignKey("order_messages.id")),
    Index("ix_decisions_customer", "customer_id", "at_ms"),
    Index("ix_decisions_auction", "auction_id"),
    Index("ix_decisions_message", "message_id"),
)

# What bids_service is told by a decision: in this order in an auction, each once by its `key`.
decrees = Table(
    "decrees",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("key", String(32), nullable=False, unique=True),
    Column("decision_id", ForeignKey("decisions.id"), nullable=False),
    Column("auction_id", ForeignKey("auctions.id"), nullable=False),
    Column("what", String(8), nullable=False),
    Column("bidder_id", String(16)),
    Column("failures", Integer, nullable=False),
    Column("due_at_ms", BigInteger, nullable=False),
    Column("done_at_ms", BigInteger),
    Column("refused", String(32)),
    Index("ix_decrees_decision", "decision_id"),
    Index(
        "ix_decrees_waiting",
        "number",
        sqlite_where=text("done_at_ms IS NULL"),
        postgresql_where=text("done_at_ms IS NULL"),
    ),
)

# What one customer is told of a decision, and why: what a mail is about.
statements = Table(
    "statements",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("decision_id", ForeignKey("decisions.id")),
    Column("customer_id", ForeignKey("customers.id"), nullable=False),
    Column("auction_id", ForeignKey("auctions.id")),
    Column("kind", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Index("ix_statements_customer", "customer_id", "at_ms"),
)

# What moderators did and why. Triggers refuse every UPDATE and DELETE.
audit_trail = Table(
    "audit_trail",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("actor_id", String(16), nullable=False),
    Column("action", String(16), nullable=False),
    Column("subject", String(1024), nullable=False),
    Column("note", Text, nullable=False),
    # Of the form that was sent: sent twice, it is one act.
    Column("form_key", String(32)),
    Index("uq_audit_trail_form_key", "form_key", unique=True),
)

# What customers look for, as the parameters of a search's address.
saved_searches = Table(
    "saved_searches",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("asked", JSON, nullable=False),
    Column("created_at_ms", BigInteger, nullable=False),
)

# Who wants to hear of what a seller lists.
follows = Table(
    "follows",
    metadata,
    Column("customer_id", ForeignKey("customers.id"), primary_key=True),
    Column("seller_id", ForeignKey("customers.id"), primary_key=True),
    Column("since_ms", BigInteger, nullable=False),
    Index("ix_follows_seller", "seller_id"),
)

# Listings that those who look for them were not told of yet.
unannounced_listings = Table(
    "unannounced_listings",
    metadata,
    Column("auction_id", ForeignKey("auctions.id"), primary_key=True),
)

# Who was told of which listing: once for each search, and for each seller who is followed.
alerts = Table(
    "alerts",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("about", String(16), nullable=False),
    Column("auction_id", ForeignKey("auctions.id"), nullable=False),
    Column("ends_at_ms", BigInteger, nullable=False),
    Column("created_at_ms", BigInteger, nullable=False),
    UniqueConstraint("customer_id", "kind", "about", "auction_id"),
)
