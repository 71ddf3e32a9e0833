"""`/metrics` of a web app, and how long its requests take."""

import ipaddress
import time
from typing import TYPE_CHECKING

from service_kit.access import has_tokens, permitted
from service_kit.metrics.exposition import CONTENT_TYPE, Collect, exposition
from service_kit.metrics.histogram import Histogram
from service_kit.metrics.processes import process_metrics
from service_kit.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask, Response
    from prometheus_client.core import Metric

SCOPE = "metrics:read"
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "other")
_STATUSES = ("1xx", "2xx", "3xx", "4xx", "5xx")
_FORWARDED = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP")


def time_requests(app: "Flask", service: str) -> Histogram:
    """Count every request of an app from here to its answer's head, by method and kind of status.
    Before what else is to be done for a request is installed."""
    from flask import g, request

    series = [(service, method, status) for method in _METHODS for status in _STATUSES]
    timings = Histogram(
        "http_request_duration_seconds",
        "From a request's arrival to its answer's head.",
        ["service", "method", "status"],
        series,
    )

    @app.before_request
    def begin() -> None:
        g.began_s = time.perf_counter()

    @app.after_request
    def end(response: "Response") -> "Response":
        method = request.method if request.method in _METHODS else "other"
        status = f"{response.status_code // 100}xx"
        timings.observe(time.perf_counter() - g.began_s, (service, method, status))
        return response

    return timings


def install_metrics(app: "Flask", service: str, collect: Collect = tuple) -> Histogram:
    """Serve /metrics from a Flask app: its requests, its processes and what `collect` makes.
    Returns what times the requests, by service, method and kind of status.

    Told to who asks from this machine and not through a proxy, and to a token of scope
    `metrics:read` where an app has tokens; to anybody else there is nothing (404).
    """
    from flask import Response

    timings = time_requests(app, service)

    def every() -> "Iterator[Metric]":
        yield from timings.collect()
        yield from process_metrics()
        yield from collect()

    @app.get("/metrics")
    def scrape() -> Response:
        if not _may_read(app):
            raise Problem(404, "Not found")
        return Response(exposition(every()), content_type=CONTENT_TYPE)

    return timings


def _may_read(app: "Flask") -> bool:
    from flask import request

    is_direct = not any(name in request.headers for name in _FORWARDED)
    if is_direct and _is_loopback(request.remote_addr or ""):
        return True
    return has_tokens(app) and permitted(SCOPE)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
