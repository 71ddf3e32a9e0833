"""What OpenAPI says about the resources of a subscription."""

import marshmallow as ma


class LinkSchema(ma.Schema):
    """A link (HAL)."""

    href = ma.fields.String(required=True)
    templated = ma.fields.Boolean()
    title = ma.fields.String()


class ResourceSchema(ma.Schema):
    """Anything with links."""

    _links = ma.fields.Dict(ma.fields.String(), ma.fields.Nested(LinkSchema), required=True)


class RootSchema(ResourceSchema):
    """Where everything else is found from."""


class LogPageSchema(ResourceSchema):
    """Events of the log, and the position to go on after: what wasn't wanted is passed too. `place`
    is that position in this log, as `after` takes it: it says so if the log was put back since."""

    events = ma.fields.List(ma.fields.Dict(), required=True)
    position = ma.fields.Integer(required=True)
    place = ma.fields.String(required=True)
    resync = ma.fields.Dict(ma.fields.String(), ma.fields.Integer())


class PulledSchema(ResourceSchema):
    """A batch on lease, or none."""

    events = ma.fields.List(ma.fields.Dict(), required=True)
    position = ma.fields.Integer(required=True)
    replay = ma.fields.Integer(required=True)
    lease = ma.fields.String(required=True, allow_none=True)
    leased_until_ms = ma.fields.Integer(required=True, allow_none=True)


class AcknowledgedSchema(ma.Schema):
    """Up to where everything is settled."""

    position = ma.fields.Integer(required=True)


class AnswerSchema(ma.Schema):
    """What an attempt got: a status, or an error without one."""

    status = ma.fields.Integer(required=True, allow_none=True)
    error = ma.fields.String(required=True, allow_none=True)
    at_ms = ma.fields.Integer(required=True)


class RetrySchema(ma.Schema):
    """How a subscription is tried again."""

    first_ms = ma.fields.Integer(required=True)
    longest_ms = ma.fields.Integer(required=True)
    parked_ms = ma.fields.List(ma.fields.Integer(), required=True)
    give_up_ms = ma.fields.Integer(required=True, allow_none=True)


class LagSchema(ma.Schema):
    """How much is ahead of the cursor, and the age of the oldest in ms."""

    events = ma.fields.Integer(required=True)
    oldest_ms = ma.fields.Integer(required=True, allow_none=True)


class SubscriptionResourceSchema(ResourceSchema):
    """A subscription, without its credentials; `secret` only in the answer that makes it."""

    client = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    topics = ma.fields.List(ma.fields.String(), required=True)
    callback = ma.fields.String(required=True, allow_none=True)
    timeout = ma.fields.Integer(required=True, allow_none=True)
    max = ma.fields.Integer(required=True)
    concurrency = ma.fields.Integer(required=True)
    coalesce = ma.fields.Boolean(required=True)
    format = ma.fields.String(required=True)
    events_per_s = ma.fields.Integer(required=True, allow_none=True)
    retry = ma.fields.Nested(RetrySchema, required=True)
    state = ma.fields.String(required=True)
    reason = ma.fields.String(required=True, allow_none=True)
    condition = ma.fields.String(
        required=True,
        metadata={
            "description": "In one word: a state that is not active, or `failing`, `dead letters`,"
            " `parked`, `behind` (something waits for over a minute), `busy`, `idle`"
        },
    )
    changed_at_ms = ma.fields.Integer(required=True)
    position = ma.fields.Integer(required=True)
    lag = ma.fields.Nested(LagSchema, required=True)
    sent = ma.fields.Integer(required=True)
    parked = ma.fields.Integer(required=True)
    dead_letters = ma.fields.Integer(required=True)
    failures = ma.fields.Integer(required=True)
    failing_since_ms = ma.fields.Integer(required=True, allow_none=True)
    retry_at_ms = ma.fields.Integer(required=True, allow_none=True)
    last_answer = ma.fields.Nested(AnswerSchema, required=True, allow_none=True)
    secret = ma.fields.String()
    log = ma.fields.String(metadata={"description": "In which it stands so, of NAME@LOG"})
    _embedded = ma.fields.Dict(
        ma.fields.String(),
        ma.fields.List(ma.fields.Dict()),
        metadata={"description": "`logs`: how it stands in each, where there are several"},
    )


class ListSchema(ResourceSchema):
    """A page of resources, embedded; `next` is there when there are more."""

    _embedded = ma.fields.Dict(ma.fields.String(), ma.fields.List(ma.fields.Dict()), required=True)


class OverviewSchema(ListSchema):
    """How many subscriptions there are in each condition, and pushers alive; the subscriptions that
    need somebody most are embedded as `worst`. Where there are several logs `logs` has the pushers
    of each, and `pushers` the fewest of them."""

    subscriptions = ma.fields.Dict(ma.fields.String(), ma.fields.Integer(), required=True)
    pushers = ma.fields.Integer(required=True)
    logs = ma.fields.Dict(ma.fields.String(), ma.fields.Integer())


class MeaningSchema(ma.Schema):
    """What an answer means in plain words, and what to do about it; `relation` as in a finding."""

    said = ma.fields.String(required=True)
    do = ma.fields.String(required=True)
    relation = ma.fields.String(required=True, allow_none=True)


class FindingSchema(ma.Schema):
    """What was found out about one thing; `level` is `bad`, `look` or `ok`. `relation` is the link
    of the subscription that helps, or shows more; `edit` is to put it."""

    about = ma.fields.String(required=True)
    level = ma.fields.String(required=True)
    said = ma.fields.String(required=True)
    do = ma.fields.String(required=True, allow_none=True)
    relation = ma.fields.String(required=True, allow_none=True)


class LookedAtSchema(ma.Schema):
    """What a diagnosis is about."""

    subscription = ma.fields.Nested(SubscriptionResourceSchema, required=True)
    attempts = ma.fields.List(ma.fields.Dict(), required=True)


class DiagnosisSchema(ResourceSchema):
    """Why a subscription gets nothing and what to do: `summary` of the first finding, which is the
    worst; `level` is its. `condition` is that of the subscription, `since_ms` since when it is
    so: behind, since the oldest event that waits was published. What was looked at is embedded,
    of the same moment: `subscription`, and its last `attempts`."""

    level = ma.fields.String(required=True)
    summary = ma.fields.String(required=True)
    condition = ma.fields.String(required=True)
    since_ms = ma.fields.Integer(required=True)
    findings = ma.fields.List(ma.fields.Nested(FindingSchema), required=True)
    _embedded = ma.fields.Nested(LookedAtSchema, required=True)


class LetterSchema(ResourceSchema):
    """A dead letter; `answer_body` is the beginning of the last answer."""

    id = ma.fields.Integer(required=True)
    event = ma.fields.Dict(required=True)
    attempts = ma.fields.Integer(required=True)
    last_answer = ma.fields.Nested(AnswerSchema, required=True)
    meaning = ma.fields.Nested(MeaningSchema, allow_none=True)
    answer_body = ma.fields.String()


class SeekPreviewSchema(ResourceSchema):
    """What a seek would bring: the cursor after it, how many events would be ahead, the oldest and
    the newest of them, and how many positions ahead are not in the log any more."""

    position = ma.fields.Integer(required=True)
    events = ma.fields.Integer(required=True)
    lost = ma.fields.Integer(required=True)
    oldest = ma.fields.Dict(required=True, allow_none=True)
    newest = ma.fields.Dict(required=True, allow_none=True)


class RetriedSchema(ma.Schema):
    """How many parked entities are tried now."""

    retried = ma.fields.Integer(required=True)


class HistoryPointSchema(ma.Schema):
    """What happened from `at_ms` on: events published and delivered, attempts that failed, and the
    age of the oldest event that waited, in ms, at its worst."""

    at_ms = ma.fields.Integer(required=True)
    published = ma.fields.Integer(required=True)
    delivered = ma.fields.Integer(required=True)
    failed = ma.fields.Integer(required=True)
    lag = ma.fields.Integer(required=True)


class HistorySchema(ResourceSchema):
    """Points, the oldest first, one every `step_ms`."""

    span = ma.fields.String(required=True)
    step_ms = ma.fields.Integer(required=True)
    points = ma.fields.List(ma.fields.Nested(HistoryPointSchema), required=True)


class RedrivenSchema(ma.Schema):
    """How many dead letters are on their way back, and how many were covered and dropped."""

    redriven = ma.fields.Integer(required=True)
    covered = ma.fields.Integer(required=True)


class TimingsSchema(ma.Schema):
    """How long it took to connect, until the first byte of the answer, and in all."""

    connect_ms = ma.fields.Integer(required=True, allow_none=True)
    first_byte_ms = ma.fields.Integer(required=True, allow_none=True)
    total_ms = ma.fields.Integer(required=True, allow_none=True)


class AttemptSchema(ResourceSchema):
    """A delivery that was tried; heads and bodies only where one is shown alone."""

    id = ma.fields.Integer(required=True)
    at_ms = ma.fields.Integer(required=True)
    duration_ms = ma.fields.Integer(required=True)
    attempt = ma.fields.Integer(required=True)
    events = ma.fields.Integer(required=True)
    first_position = ma.fields.Integer(required=True)
    last_position = ma.fields.Integer(required=True)
    status = ma.fields.Integer(required=True, allow_none=True)
    error = ma.fields.String(required=True, allow_none=True)
    meaning = ma.fields.Nested(MeaningSchema, required=True, allow_none=True)
    resend = ma.fields.Boolean(required=True)
    timings = ma.fields.Nested(TimingsSchema, required=True)
    request = ma.fields.Dict()
    response = ma.fields.Dict()


class BacklogSchema(ma.Schema):
    """How much a subscription got, how much waits, and the age of the oldest in ms."""

    sent = ma.fields.Integer(required=True)
    queued = ma.fields.Integer(required=True)
    oldest = ma.fields.Integer(required=True, allow_none=True)


class SubscriptionSchema(ma.Schema):
    """A subscription, without its credentials: `uuid` is null."""

    subscriber = ma.fields.String(required=True)
    callback = ma.fields.String(required=True, allow_none=True)
    uuid = ma.fields.String(required=True, allow_none=True)
    max_events = ma.fields.Integer(required=True)
    timeout = ma.fields.Integer(required=True, allow_none=True)
    topics = ma.fields.List(ma.fields.String(), required=True)
    events = ma.fields.Nested(BacklogSchema, required=True)


class TokenSchema(ma.Schema):
    """A token as it is listed; itself is never shown again."""

    id = ma.fields.Integer(required=True)
    name = ma.fields.String(required=True)
    scopes = ma.fields.List(ma.fields.String(), required=True)
    created_at_ms = ma.fields.Integer(required=True)
    last_used_at_ms = ma.fields.Integer(required=True, allow_none=True)


class NewTokenSchema(TokenSchema):
    """A token, shown this once."""

    token = ma.fields.String(required=True)


class SecretSchema(ma.Schema):
    """A signing secret, shown this once."""

    secret = ma.fields.String(required=True)
