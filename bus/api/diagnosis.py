"""Why a subscription gets nothing, for people in a browser or a shell, and for programs."""

from collections.abc import Iterable

from flask import Response
from service_kit.hal import MEDIA_TYPE, respond
from service_kit.openapi import Blueprint

from bus.api.endpoint import endpoint
from bus.api.ownership import Owned, may_change, owned_in_log
from bus.api.representations import attempt_resource, diagnosis_resource
from bus.api.schemas import DiagnosisSchema
from bus.api.standing import overviews, standing_of
from bus.bootstrap import Bus
from bus.delivery.lease import LAPSES_AFTER_MS
from bus.diagnosis.diagnose import diagnose, worst_of
from bus.diagnosis.examined import Examined
from bus.diagnosis.topics import Published, wanted_topics
from bus.model.delivery import Overview
from bus.model.paths import subscription_path
from bus.model.subscription import State
from bus.model.token_scope import TokenScope, is_good_for
from bus.storage import Storage

_ATTEMPTS = 5


def diagnosis_blueprint(bus: Bus) -> Blueprint:
    """The diagnosis of one subscription."""
    blueprint = Blueprint("diagnosis", __name__, description="Why a subscriber gets nothing")

    @endpoint(
        blueprint,
        "GET",
        "/clients/<client>/subscriptions/<name>/diagnosis",
        answers=(200, DiagnosisSchema),
        refuses=(400, 403, 404),
        media_type=MEDIA_TYPE,
    )
    def show_diagnosis(client: str, name: str) -> Response:
        """Why nothing reaches it and what to do, in plain words: of what the bus knows, the worst
        first. It tries nothing itself: have a test event sent, and look again."""
        ours = owned_in_log(bus, client, name)
        each = overviews(bus, ours)
        seen = {log: _look_at(bus, ours, bus.logs.store(log), one) for log, one in each.items()}
        found = {log: diagnose(one, _published(bus, one.one)) for log, one in seen.items()}
        acts = may_change(bus, client)
        last = [
            attempt_resource(one, ours.path, acts=acts)
            for one in next(iter(seen.values())).attempts
        ]
        standing = standing_of(each, ours, acts=acts)
        return respond(diagnosis_resource(worst_of(found), standing, last, ours.path))

    return blueprint


def _look_at(bus: Bus, ours: Owned, store: Storage, one: Overview) -> Examined:
    is_paused = one.subscription.state is State.PAUSED
    whole = subscription_path(ours.client, ours.name)
    return Examined(
        one,
        store.attempts.all(ours.id, limit=_ATTEMPTS),
        pushers=store.leases.count_alive(LAPSES_AFTER_MS),
        can_pull=not one.subscription.is_pulled
        or _has_token(bus, ours.client, TokenScope.SUBSCRIBE),
        now_ms=bus.now_ms(),
        leases=store.pulls.unacknowledged(ours.id),
        ended=store.attempts.ended(ours.id),
        paused=bus.storage.audit.last("subscription.pause", whole, ours.client)
        if is_paused
        else None,
        died=store.dead_letters.newest(ours.id) if one.dead_letters else None,
        aside_ms=_aside_ms(store, ours.id, one),
    )


def _aside_ms(store: Storage, subscription_id: int, one: Overview) -> int | None:
    """When the oldest that is left of its dead letters was given up; without any, when the first
    of its entities was parked."""
    if one.dead_letters:
        return store.dead_letters.first_at_ms(subscription_id)
    return store.parked.first_at_ms(subscription_id) if one.parked else None


def _published(bus: Bus, one: Overview) -> Published:
    """Of its own topics who publishes them; the others' names only where one of them is silent."""
    wanted = wanted_topics(one)
    owners = bus.storage.topics.publishers(wanted)
    mute = {
        topic: owner
        for topic, owner in owners.items()
        if not _has_token(bus, owner, TokenScope.PUBLISH, topic)
    }
    others = bus.storage.topics.publishers() if len(owners) < len(wanted) else owners
    return Published(others.keys(), mute)


def _has_token(bus: Bus, client: str, scope: TokenScope, topic: str | None = None) -> bool:
    tokens: Iterable[frozenset[str]] = (
        frozenset(token.scopes) for token in bus.storage.clients.tokens(client=client)
    )
    return any(is_good_for(scope, scopes, topic) for scopes in tokens)
