"""Who delivers which subscription, and what came of it: leases, fences, settlements."""

from collections.abc import Collection, Sequence

from service_kit.database import reading, writing
from sqlalchemy import Engine, delete, func, insert, or_, select, update

from bus.model import Held, Progress, Settlement, SigningSecrets, Subscription
from bus.storage.rows import scopes_of
from bus.storage.state import registry_version
from bus.storage.tables import clients, cursors, pushers, subscriptions

_MAX_ERROR_CHARACTERS = 255


class Deliveries:
    """What pushers ask of the store. Each method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def join(self, pusher: str, now_ms: int) -> None:
        """Start to be alive."""
        with writing(self._engine) as connection:
            connection.execute(insert(pushers).values(id=pusher, beat=0, seen_at_ms=now_ms))

    def beat(self, pusher: str, now_ms: int) -> bool:
        """Stay alive; False when others have given this pusher up: it holds nothing any more."""
        with writing(self._engine) as connection:
            found = connection.execute(
                update(pushers)
                .where(pushers.c.id == pusher)
                .values(beat=pushers.c.beat + 1, seen_at_ms=now_ms)
            )
            return found.rowcount == 1

    def alive(self) -> dict[str, tuple[int, int]]:
        """Every pusher that nobody has given up: its beat, and when it last moved (ms)."""
        with reading(self._engine) as connection:
            return {
                row.id: (row.beat, row.seen_at_ms) for row in connection.execute(select(pushers))
            }

    def claim(self, pusher: str, lapsed: Collection[str]) -> int:
        """Give up lapsed pushers, and take every subscription that nobody alive holds.

        The fence of each moves, so whoever held it before can't settle. Returns how many.
        """
        unheld = or_(cursors.c.holder.is_(None), cursors.c.holder.not_in(select(pushers.c.id)))
        with reading(self._engine) as connection:
            free = connection.execute(select(func.count()).select_from(cursors).where(unheld))
            if not free.scalar_one() and not lapsed:
                return 0
        with writing(self._engine) as connection:
            connection.execute(delete(pushers).where(pushers.c.id.in_(list(lapsed))))
            taken = connection.execute(
                update(cursors).where(unheld).values(holder=pusher, fence=cursors.c.fence + 1)
            )
            return int(taken.rowcount)

    def leave(self, pusher: str) -> None:
        """Let go of everything and stop being alive, so that others needn't wait."""
        with writing(self._engine) as connection:
            connection.execute(
                update(cursors)
                .where(cursors.c.holder == pusher)
                .values(holder=None, fence=cursors.c.fence + 1)
            )
            connection.execute(delete(pushers).where(pushers.c.id == pusher))

    def registry_version(self) -> int:
        """A number that moves with every change of a subscription."""
        with reading(self._engine) as connection:
            return registry_version(connection)

    def held(self, pusher: str) -> list[Held]:
        """The subscriptions that a pusher holds, as they are now."""
        wanted = (
            select(subscriptions, cursors, clients.c.name)
            .join_from(subscriptions, clients)
            .join(cursors, cursors.c.subscription_id == subscriptions.c.id)
            .where(cursors.c.holder == pusher)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(wanted).mappings().all()
            scopes = scopes_of(connection, [row["id"] for row in rows])
        return [
            Held(
                Subscription(
                    row["id"],
                    row["name"],
                    row["callback"],
                    row["uuid"],
                    row["timeout_ms"],
                    row["max_events"],
                    scopes.get(row["id"], ()),
                    SigningSecrets(row["secret"], row["previous_secret"], row["previous_until_ms"]),
                ),
                Progress(
                    row["position"],
                    row["delivered"],
                    row["failures"],
                    row["tried_upto"],
                    row["retry_at_ms"],
                ),
                row["fence"],
            )
            for row in rows
        ]

    def settle(self, pusher: str, settlements: Sequence[Settlement], now_ms: int) -> frozenset[int]:
        """Write outcomes down. Returns the subscriptions that this pusher held no longer."""
        lost = set()
        with writing(self._engine) as connection:
            for outcome in settlements:
                progress = outcome.progress
                changed = connection.execute(
                    update(cursors)
                    .where(
                        cursors.c.subscription_id == outcome.subscription_id,
                        cursors.c.holder == pusher,
                        cursors.c.fence == outcome.fence,
                    )
                    .values(
                        position=progress.position,
                        delivered=progress.delivered,
                        failures=progress.failures,
                        tried_upto=progress.tried_upto,
                        retry_at_ms=progress.retry_at_ms,
                        sent=cursors.c.sent + outcome.sent,
                        last_status=outcome.status,
                        last_error=outcome.error and outcome.error[:_MAX_ERROR_CHARACTERS],
                        last_attempt_at_ms=now_ms,
                    )
                )
                if changed.rowcount == 0:
                    lost.add(outcome.subscription_id)
        return frozenset(lost)
