"""Clients and their tokens, of which only digests are kept."""

from collections.abc import Collection, Iterable

from service_kit.clock import Clock
from service_kit.database import reading
from sqlalchemy import (
    BigInteger,
    BindParameter,
    Connection,
    Engine,
    delete,
    insert,
    literal,
    select,
    text,
    update,
)

from bus.errors import BadClient, NotFound
from bus.model.client import Client, KnownToken
from bus.model.token_scope import USUAL_SCOPES
from bus.storage import columns
from bus.storage.tables import clients, subscriptions, tokens
from bus.storage.transactions import Registry

# Several processes may name a new client at once.
_CREATE = text(
    "INSERT INTO clients (name, created_at_ms) VALUES (:name, :now_ms)"
    " ON CONFLICT (name) DO NOTHING"
)


class Clients:
    """Who may talk to the bus. A client may have several tokens, so that one can be replaced."""

    def __init__(self, engine: Engine, registry: Registry, now_ms: Clock) -> None:
        self._engine = engine
        self._registry = registry
        self._now_ms = now_ms

    def find(self, digest: str) -> tuple[str, Client] | None:
        """The digest as stored and the client it belongs to."""
        wanted = (
            select(
                tokens.c.digest,
                tokens.c.scopes,
                tokens.c.id.label("token_id"),
                clients.c.id,
                clients.c.name,
            )
            .join_from(tokens, clients)
            .where(tokens.c.digest == digest)
        )
        with reading(self._engine) as connection:
            row = connection.execute(wanted).one_or_none()
        if row is None:
            return None
        return row.digest, Client(row.id, row.name, frozenset(row.scopes.split()), row.token_id)

    def id_of(self, name: str) -> int:
        """The id of the client of this name. Raises NotFound."""
        wanted = select(clients.c.id).where(clients.c.name == name)
        with reading(self._engine) as connection:
            found = connection.execute(wanted).scalar_one_or_none()
        if found is None:
            raise NotFound("no such client")
        return int(found)

    def tokens(
        self, *, client: str | None = None, after: int = 0, limit: int | None = None
    ) -> list[KnownToken]:
        """Tokens in the order in which they were made: of one client only, after one, so many."""
        wanted = (
            select(tokens, clients.c.name)
            .join_from(tokens, clients)
            .where(tokens.c.id > _any_number(after))
            .order_by(tokens.c.id)
            .limit(limit)
        )
        if client is not None:
            wanted = wanted.where(clients.c.name == client)
        with reading(self._engine) as connection:
            return [_known(row) for row in connection.execute(wanted).mappings()]

    def add_token(
        self, name: str, digest: str, scopes: Collection[str] = USUAL_SCOPES
    ) -> KnownToken:
        """Give the client of this name (made when missing) a token. May be repeated.

        Raises BadClient when the token belongs to a client of another name.
        """
        (added,) = self.add_tokens([(name, digest, scopes)])
        return added

    def add_tokens(self, some: Iterable[tuple[str, str, Collection[str]]]) -> list[KnownToken]:
        """The same for several (name, digest, scopes), all or none."""
        with self._registry.recording() as connection:
            return [
                self._add(connection, name, digest, " ".join(sorted(scopes)))
                for name, digest, scopes in some
            ]

    def token(self, which: int | str) -> KnownToken:
        """A token by its id or its digest. Raises NotFound."""
        is_it = (
            tokens.c.id == _any_number(which)
            if isinstance(which, int)
            else tokens.c.digest == which
        )
        wanted = select(tokens, clients.c.name).join_from(tokens, clients).where(is_it)
        with reading(self._engine) as connection:
            row = connection.execute(wanted).mappings().one_or_none()
        if row is None:
            raise NotFound("no such token")
        return _known(row)

    def remove_token(self, token_id: int) -> None:
        """Forget a token; with a client's last one goes its subscription. Raises NotFound.

        The client keeps its topics: a new token of the same name goes on publishing them, and
        nobody else can.
        """
        is_it = tokens.c.id == token_id
        with self._registry.changing() as connection:
            client_id = connection.execute(
                select(tokens.c.client_id).where(is_it)
            ).scalar_one_or_none()
            if client_id is None:
                raise NotFound("no such token")
            connection.execute(delete(tokens).where(is_it))
            left = select(tokens.c.id).where(tokens.c.client_id == client_id).limit(1)
            if connection.execute(left).one_or_none() is None:
                connection.execute(
                    delete(subscriptions).where(subscriptions.c.client_id == client_id)
                )

    def _add(self, connection: Connection, name: str, digest: str, scopes: str) -> KnownToken:
        client_id = self._ensure_client(connection, name)
        ours = tokens.c.digest == digest
        known = connection.execute(select(tokens.c.client_id).where(ours)).scalar_one_or_none()
        if known not in {None, client_id}:
            raise BadClient(f"the token for {name} belongs to another client")
        if known is None:
            values = {"digest": digest, "client_id": client_id, "created_at_ms": self._now_ms()}
            connection.execute(insert(tokens).values(**values, scopes=scopes))
        else:
            connection.execute(update(tokens).where(ours).values(scopes=scopes))
        added = select(tokens, clients.c.name).join_from(tokens, clients).where(ours)
        return _known(connection.execute(added).mappings().one())

    def _ensure_client(self, connection: Connection, name: str) -> int:
        connection.execute(_CREATE, {"name": name, "now_ms": self._now_ms()})
        ours = select(clients.c.id).where(clients.c.name == name)
        return int(connection.execute(ours.with_for_update(key_share=True)).scalar_one())


def _known(row: columns.Row) -> KnownToken:
    scopes = tuple(row["scopes"].split())
    return KnownToken(row["id"], row["name"], scopes, row["created_at_ms"], row["last_used_at_ms"])


def _any_number(number: int) -> BindParameter[int]:
    """A number that a caller made up: no id is as large as some are, which PostgreSQL refuses to
    compare with one."""
    return literal(number, BigInteger)
