"""gunicorn's threads behind our entrance: `worker_class` of the web processes."""

from service_kit.compat.gunicorn import BufferingThreads
from service_kit.entrance import ANSWER_S, MAX_HEAD_BYTES, REQUEST_S, is_probe, refusal


class ThreadWorker(BufferingThreads):
    """A thread answers, once the request is here."""

    request_s = REQUEST_S
    answer_s = ANSWER_S
    max_head_bytes = MAX_HEAD_BYTES
    max_held_bytes = 1024 * 1024
    answer = staticmethod(refusal)
    is_probe = staticmethod(is_probe)
