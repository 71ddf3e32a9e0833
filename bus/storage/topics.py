"""Topics: who owns each, how many events each had."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from msgspec import UNSET
from service_kit.database import is_sqlite, reading
from service_kit.topic import is_topic
from sqlalchemy import Connection, Engine, Select, delete, func, select, text, update

from bus.errors import BadTopic, NotFound, TopicTaken
from bus.log.postgres_append import LOCK
from bus.model.data_schema import digest_of, text_of
from bus.model.log_name import MAIN
from bus.model.topic import (
    OURS,
    SYSTEM_TOPIC,
    Topic,
    TopicAbout,
    check_not_ours,
    check_room,
    may_publish,
)
from bus.storage.columns import from_json
from bus.storage.tables import clients, events, subscription_topics, topics
from bus.storage.transactions import REGISTRY_CHANGED, Registry

# Two subscribers may name a new topic at once.
_CREATE = text(
    "INSERT INTO topics (name, events, events_before) VALUES (:name, 0, 0)"
    " ON CONFLICT (name) DO NOTHING"
)

_FORGET_UNUSED = delete(topics).where(
    topics.c.client_id.is_(None),
    topics.c.events == 0,
    topics.c.log.is_(None),
    topics.c.name.not_in(select(subscription_topics.c.topic)),
)

_OWN = text(
    "INSERT INTO topics (name, client_id, events, events_before) VALUES (:name, :client_id, 0, 0)"
    " ON CONFLICT (name) DO UPDATE SET client_id = excluded.client_id, deleted = false"
)
_ELSEWHERE = select(topics.c.name, topics.c.log).where(topics.c.log.is_not(None))

_NOTHING_SAID = TopicAbout()
_MOST = 10_000

_LISTED: Select[Any] = (
    select(
        topics.c.name,
        clients.c.name,
        topics.c.events - topics.c.events_before,
        topics.c.description,
    )
    .join_from(topics, clients, isouter=True)
    .where(topics.c.deleted.is_(False))
)
_DESCRIBED: Select[Any] = _LISTED.add_columns(topics.c.schema)


def ensure(connection: Connection, names: Sequence[str]) -> None:
    """Topics that somebody subscribes to are there, whether anybody publishes them yet or not.
    What nobody names any more, and nobody has ever published, is not."""
    if not names:
        return
    connection.execute(_FORGET_UNUSED)
    connection.execute(_CREATE, [{"name": name} for name in names])
    connection.execute(
        update(topics).where(topics.c.name.in_(names), topics.c.deleted).values(deleted=False)
    )


class Topics:
    """The topics as clients see them."""

    def __init__(self, engine: Engine, registry: Registry) -> None:
        self._engine = engine
        self._registry = registry

    def all(
        self, *, publisher: str | None = None, after: str = "", limit: int | None = None
    ) -> list[Topic]:
        """So many topics that aren't deleted, by name, after one; of one publisher."""
        wanted = _LISTED.where(topics.c.name > after).order_by(topics.c.name).limit(limit)
        if publisher is not None:
            wanted = wanted.where(clients.c.name == publisher)
        with reading(self._engine) as connection:
            return [_listed(*row) for row in connection.execute(wanted)]

    def publishers(self, names: Sequence[str] | None = None) -> dict[str, str]:
        """Who publishes these topics, or all, by topic; those that nobody does are missing."""
        wanted = (
            select(topics.c.name, clients.c.name)
            .join_from(topics, clients)
            .where(topics.c.deleted.is_(False))
            .limit(_MOST)
        )
        if names is not None:
            wanted = wanted.where(topics.c.name.in_(names))
        with reading(self._engine) as connection:
            return {topic: client for topic, client in connection.execute(wanted)}

    def one(self, name: str) -> tuple[Topic, TopicAbout]:
        """A topic, and what it is about. Raises NotFound."""
        found = self._described(_DESCRIBED.where(topics.c.name == name))
        if not found:
            raise NotFound("no such topic")
        return found[0]

    def described(self, *, after: str = "", limit: int) -> list[tuple[Topic, TopicAbout]]:
        """So many topics and what they are about, by name, after one."""
        wanted = _DESCRIBED.where(topics.c.name > after).order_by(topics.c.name).limit(limit)
        return self._described(wanted)

    def _described(self, wanted: Select[Any]) -> list[tuple[Topic, TopicAbout]]:
        with reading(self._engine) as connection:
            found = connection.execute(wanted).all()
        return [_read(*row) for row in found if is_topic(row.name)]

    def schema(self, name: str) -> str | None:
        """A topic's schema as JSON text; None: it has none, or there is no such topic."""
        wanted = select(topics.c.schema).where(topics.c.name == name)
        with reading(self._engine) as connection:
            found: str | None = connection.execute(wanted).scalar_one_or_none()
        return found

    def elsewhere(self) -> dict[str, str]:
        """The topics that are in another log than this, and what that is called."""
        with reading(self._engine) as connection:
            return {name: log for name, log in connection.execute(_ELSEWHERE)}

    def claim(
        self, names: Sequence[str], client_id: int, about: TopicAbout = _NOTHING_SAID
    ) -> None:
        """Own topics before anything is published to them: all or none, and say what they are
        about. May be repeated.

        Raises TopicTaken when one belongs to another client, BadTopic when these are too many, or
        when one is to be in another log than its events are.
        """
        with self._appending(names) as connection:
            for name in sorted(set(names)):
                owner = _owner(connection, name)
                if owner is not None and not may_publish(client_id, owner[0]):
                    raise TopicTaken(f"{name} belongs to {owner[1]}")
                if owner is None:
                    check_room(_count_owned(connection, client_id))
                    connection.execute(_OWN, {"name": name, "client_id": client_id})
                _say(connection, name, about)

    def give(self, name: str, client_id: int) -> None:
        """Make a client the owner of a topic, whoever was it before; its events stay.

        Raises TopicTaken for the bus's own.
        """
        check_not_ours(name)
        with self._appending([name]) as connection:
            connection.execute(_OWN, {"name": name, "client_id": client_id})

    def delete(self, name: str, client_id: int) -> None:
        """Let go of a topic: its subscribers still get what was published, then nothing more.

        Raises NotFound, or TopicTaken unless the client owns it.
        """
        with self._registry.changing() as connection:
            row = connection.execute(
                select(topics.c.client_id)
                .where(topics.c.name == name, topics.c.deleted.is_(False))
                .with_for_update()
            ).one_or_none()
            if row is None:
                raise NotFound("no such topic")
            if row.client_id is None or not may_publish(client_id, row.client_id):
                raise TopicTaken("only the topic's publisher may delete it")
            let_go(connection, name)

    @contextmanager
    def _appending(self, names: Sequence[str]) -> Iterator[Connection]:
        """A transaction that no append is under way beside: one that found a new topic without an
        owner would make its publisher the owner, over our heads. The log that one of the topics is
        in hears of it."""
        with self._registry.recording() as connection:
            if not is_sqlite(self._engine):
                connection.exec_driver_sql(LOCK)
            yield connection
            moved = connection.execute(_ELSEWHERE.where(topics.c.name.in_(names))).first()
            if moved is not None:
                connection.exec_driver_sql(REGISTRY_CHANGED)
        if moved is not None:
            self._registry.tell()


def _read(
    name: str, publisher: str | None, events: int, description: str | None, schema: str | None
) -> tuple[Topic, TopicAbout]:
    about = TopicAbout(description, from_json(schema))
    topic = _listed(name, publisher, events, description)
    return topic, OURS if name == SYSTEM_TOPIC else about


def _listed(name: str, publisher: str | None, events: int, description: str | None) -> Topic:
    said = OURS.description if name == SYSTEM_TOPIC else description
    return Topic(name, publisher, events, said or None)


def _owner(connection: Connection, name: str) -> tuple[int, str] | None:
    """The id and the name of the client that owns a topic; None without one."""
    row = connection.execute(
        select(clients.c.id, clients.c.name)
        .join_from(topics, clients)
        .where(topics.c.name == name, topics.c.deleted.is_(False))
    ).one_or_none()
    return None if row is None else (row.id, row.name)


def _count_owned(connection: Connection, client_id: int) -> int:
    theirs = select(func.count()).select_from(topics).where(topics.c.client_id == client_id)
    return int(connection.execute(theirs).scalar_one())


def _say(connection: Connection, name: str, about: TopicAbout) -> None:
    said: dict[str, str | None] = {}
    if about.description is not UNSET:
        said["description"] = about.description
    if about.schema is not UNSET:
        text = None if about.schema is None else text_of(about.schema)
        said |= {"schema": text, "schema_digest": None if text is None else digest_of(text)}
    if about.log is not UNSET:
        said["log"] = _log(connection, name, about.log)
    if said:
        connection.execute(update(topics).where(topics.c.name == name).values(**said))


def _log(connection: Connection, name: str, log: str) -> str | None:
    """Where the topic is from here on. Raises BadTopic when it has events already, elsewhere."""
    before = connection.execute(
        select(topics.c.log, topics.c.events).where(topics.c.name == name)
    ).one()
    wanted = None if log == MAIN else log
    if wanted != before.log and (before.events or before.log):
        raise BadTopic(f"{name} is in log {before.log or MAIN}: a topic stays where it is")
    return wanted


def let_go(connection: Connection, name: str) -> None:
    """Nobody owns it from here on: its subscribers get what was published, then nothing more."""
    connection.execute(
        update(topics)
        .where(topics.c.name == name)
        .values(
            client_id=None,
            events_before=topics.c.events,
            deleted=True,
            description=None,
            schema=None,
            schema_digest=None,
        )
    )
    end = connection.execute(select(func.coalesce(func.max(events.c.position), 0))).scalar_one()
    connection.execute(
        update(subscription_topics)
        .where(subscription_topics.c.topic == name, subscription_topics.c.until_position.is_(None))
        .values(until_position=end)
    )
