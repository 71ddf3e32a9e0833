"""gunicorn's threads behind our entrance: `worker_class` of the web processes."""

from service_kit.compat.gunicorn_async import AsyncThreads
from service_kit.entrance import ANSWER_S, MAX_HEAD_BYTES, REQUEST_S, is_probe, refusal
from service_kit.entrance.asynchronous import WAITS_S, having_found, offered_by, plain_request


class ThreadWorker(AsyncThreads):
    """A thread answers, once the request is here; or none, where the app offers that."""

    request_s = REQUEST_S
    answer_s = ANSWER_S
    max_head_bytes = MAX_HEAD_BYTES
    max_held_bytes = 1024 * 1024
    answer = staticmethod(refusal)
    is_probe = staticmethod(is_probe)
    waits_s = WAITS_S
    offered_by = staticmethod(offered_by)
    plain_request = staticmethod(plain_request)
    having_found = staticmethod(having_found)
