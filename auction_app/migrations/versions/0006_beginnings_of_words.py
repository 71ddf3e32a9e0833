"""Longer beginnings of words in the search's index."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ADD_BEGINNINGS = """
UPDATE search_entries SET words = words || array_to_tsvector(ARRAY(
    SELECT DISTINCT '^' || left(word, length)
    FROM unnest(tsvector_to_array(words)) AS word, generate_series(3, 6) AS length
    WHERE char_length(word) >= length
))
"""
_DROP_BEGINNINGS = """
UPDATE search_entries SET words = array_to_tsvector(ARRAY(
    SELECT word FROM unnest(tsvector_to_array(words)) AS word WHERE word NOT LIKE '^%'
))
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _index_prefixes("3 4 5 6")
    else:
        op.execute(_ADD_BEGINNINGS)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _index_prefixes("3")
    else:
        op.execute(_DROP_BEGINNINGS)


def _index_prefixes(lengths: str) -> None:
    """How long the beginnings are that are found without reading every word that starts so."""
    op.execute(f"CREATE VIRTUAL TABLE fresh USING fts5(words, detail=none, prefix='{lengths}')")
    op.execute("INSERT INTO fresh (rowid, words) SELECT rowid, words FROM auction_words")
    op.execute("DROP TABLE auction_words")
    op.execute("ALTER TABLE fresh RENAME TO auction_words")
