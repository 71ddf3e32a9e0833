"""gunicorn's greenlets behind our entrance: `worker_class` of processes that hold streams."""

from service_kit.compat.gunicorn_greenlets import BoundedGreenlets
from service_kit.entrance import MAX_HEAD_BYTES, REQUEST_S, refusal


class GreenletWorker(BoundedGreenlets):
    """A greenlet a connection."""

    request_s = REQUEST_S
    max_head_bytes = MAX_HEAD_BYTES
    answer = staticmethod(refusal)
