"""PostgreSQL appends what is plain in one call: a round trip, and one statement for the driver."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

# The names of topics, their publishers and the digests of their schemas go together, and so do an
# event's topic, type, URL, trace and head. Without a row nothing has happened: a topic is not as
# whoever calls has it. Each statement has a view of its own, so those after the lock see what was
# committed while we waited for it.
_APPEND = """
CREATE FUNCTION append_plain_1(
    its_topics text[], its_clients integer[], its_digests text[],
    of_topics text[], types text[], urls text[], traces text[], heads bytea[],
    now_ms bigint, append_id text
) RETURNS TABLE (identity text, before bigint, bytes_before bigint, version bigint)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    PERFORM pg_advisory_xact_lock(7023316912764);
    IF current_setting('synchronous_commit') IN ('off', 'local') THEN
        PERFORM set_config('synchronous_commit', 'on', true);
    END IF;
    PERFORM FROM topics
        JOIN unnest(its_topics, its_clients, its_digests) AS asked (name, client, digest) ON
        topics.name = asked.name AND topics.client_id = asked.client AND topics.log IS NULL
        AND topics.schema_digest IS NOT DISTINCT FROM asked.digest
        FOR UPDATE OF topics;
    GET DIAGNOSTICS before = ROW_COUNT;
    IF before < cardinality(its_topics) THEN
        RETURN;
    END IF;
    SELECT log_identity, registry_version INTO identity, version FROM bus_state;
    SELECT position, bytes_upto INTO before, bytes_before
        FROM events ORDER BY position DESC LIMIT 1;
    before := coalesce(before, 0);
    bytes_before := coalesce(bytes_before, 0);
    INSERT INTO events (
            position, topic, number, type, url, published_at_ms, traceparent, body, bytes_upto
        )
        SELECT before + n, topic, topics.events + row_number() OVER (PARTITION BY topic ORDER BY n),
            type, url, now_ms, trace, body, bytes_before + sum(length(body)) OVER (ORDER BY n)
        FROM (
            SELECT n, topic, type, url, trace, head || convert_to(
                ',"id":"' || identity || '-' || before + n || '-' || append_id
                || '","position":' || before + n || '}', 'UTF8') AS body
            FROM unnest(of_topics, types, urls, traces, heads)
                WITH ORDINALITY AS told (topic, type, url, trace, head, n)
        ) AS whole JOIN topics ON topics.name = topic;
    INSERT INTO entities (topic, url, type, position)
        SELECT topic, url, type, before + max(n)
        FROM unnest(of_topics, urls, types) WITH ORDINALITY AS told (topic, url, type, n)
        GROUP BY topic, url, type
        ON CONFLICT (topic, url, type) DO UPDATE SET position = excluded.position;
    UPDATE topics SET events = topics.events + told.count, deleted = false
        FROM (SELECT topic, count(*) AS count FROM unnest(of_topics) AS each (topic) GROUP BY topic)
        AS told WHERE topics.name = told.topic;
    RETURN NEXT;
END
$$
"""

# The same of one event, at a third less: most come alone.
_APPEND_ONE = """
CREATE FUNCTION append_one_1(
    its_topic text, its_client integer, its_digest text,
    its_type text, its_url text, its_trace text, its_head bytea,
    now_ms bigint, append_id text
) RETURNS TABLE (identity text, before bigint, bytes_before bigint, version bigint)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    number bigint;
    body bytea;
BEGIN
    PERFORM pg_advisory_xact_lock(7023316912764);
    IF current_setting('synchronous_commit') IN ('off', 'local') THEN
        PERFORM set_config('synchronous_commit', 'on', true);
    END IF;
    UPDATE topics SET events = events + 1, deleted = false
        WHERE name = its_topic AND client_id = its_client AND log IS NULL
        AND schema_digest IS NOT DISTINCT FROM its_digest
        RETURNING events INTO number;
    IF number IS NULL THEN
        RETURN;
    END IF;
    SELECT log_identity, registry_version INTO identity, version FROM bus_state;
    SELECT position, bytes_upto INTO before, bytes_before
        FROM events ORDER BY position DESC LIMIT 1;
    before := coalesce(before, 0);
    bytes_before := coalesce(bytes_before, 0);
    body := its_head || convert_to(
        ',"id":"' || identity || '-' || before + 1 || '-' || append_id
        || '","position":' || before + 1 || '}', 'UTF8');
    INSERT INTO events (
            position, topic, number, type, url, published_at_ms, traceparent, body, bytes_upto
        ) VALUES (before + 1, its_topic, number, its_type, its_url, now_ms, its_trace, body,
            bytes_before + length(body));
    INSERT INTO entities (topic, url, type, position)
        VALUES (its_topic, its_url, its_type, before + 1)
        ON CONFLICT (topic, url, type) DO UPDATE SET position = excluded.position;
    RETURN NEXT;
END
$$
"""


def upgrade() -> None:
    """Two functions; SQLite is called without going anywhere."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_APPEND)
        op.execute(_APPEND_ONE)
