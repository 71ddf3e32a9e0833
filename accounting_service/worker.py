"""The web process and the loops beside it: look at what has news, and stay subscribed."""

from bus_client import bus_elsewhere, keep_subscribed
from service_kit.config import nowhere, or_exit
from service_kit.jobs import Job
from service_kit.logs import configure_logs
from service_kit.otel import export_spans
from service_kit.worker import Body, Loops, WebProcess, listening, made_or_waiting

from accounting_service.app import create_app
from accounting_service.bootstrap import Parts, build
from accounting_service.config import Config, read
from accounting_service.errors import SomeoneAway
from accounting_service.topology import topology

POLL_S = 1.0
"""How long what another process has marked may wait."""


def jobs(parts: Parts) -> dict[str, Job]:
    """What waits in the tables."""
    return {"sweep": Job("sweep", parts.looker.sweep, away=SomeoneAway)}


def loops(config: Config, parts: Parts) -> dict[str, Body]:
    """What runs beside the requests. Raises ConfigError."""

    def wait() -> None:
        parts.woken.wait(POLL_S)
        parts.woken.clear()

    bus = bus_elsewhere("ACCOUNTING_BUS_URL", config.bus_url, config.bus_token)
    listen = {name: listening(job, wait) for name, job in jobs(parts).items()}
    return listen | {"subscribe": keep_subscribed(bus, topology(config))}


def web_process() -> WebProcess:
    """For gunicorn: the app and the loops; ends the process if the settings are bad."""
    configure_logs("accounting")
    export_spans("accounting")
    config = or_exit(lambda: read(nowhere))

    def make() -> WebProcess:
        parts = build(config)
        beside = Loops(loops(config, parts))
        return WebProcess(create_app(config, parts, checks={"loops": beside.all_alive}), beside)

    return or_exit(lambda: made_or_waiting(make))
