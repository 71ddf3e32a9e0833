"""Several apps as one web process: `gunicorn "stages.house:create_app()"`.

Which apps those are is set, and so is what becomes of all that a commit leaves to be done:

| `…_BUS_URL` | it is                                                            |
|-------------|------------------------------------------------------------------|
| `inline:`   | done before the request is answered, for a second at most        |
| `huey:…`    | done by `stages.house_jobs`, which finds a look in its queue     |
| `http://…`  | done by `stages.house_jobs`, whose loops wait at the channels    |

Who listens to what: each app's `listeners`.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from bus_client import connect
from service_kit.config import or_exit
from service_kit.jobs import Jobs
from service_kit.local import AfterCommit, ByPort
from service_kit.logs import configure_logs
from service_kit.otel import export_spans
from service_kit.worker import Body, Loops, WebProcess, made_or_waiting

from stages import bootstrap
from stages.config import read

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_BUDGET_S = 1.0
"""The longest that a request goes on to another piece of what it left to be done."""


class HouseProcess(WebProcess):
    """The house's app, its loops, and the jobs that its requests work at."""

    def __init__(
        self,
        app: "WSGIApplication",
        jobs: Jobs,
        loops: Mapping[str, Body],
        *,
        close: Callable[[], None],
    ) -> None:
        super().__init__(app, Loops(loops))
        self._jobs = jobs
        self._close = close

    def stop(self) -> None:
        """End them after the round, and the piece of work, that each is in."""
        self._jobs.stop()
        super().stop()
        self._close()


def create_app() -> WebProcess:
    """Build all from the settings, ending the process if they are bad; as long as the store of an
    app is away that needs it for that, it lives and answers 503."""
    configure_logs("house")
    export_spans("house")
    return or_exit(lambda: made_or_waiting(_make))


def _make() -> HouseProcess:
    house = bootstrap.build(read())
    apps = ByPort({port: house.apps[name].wsgi for port, name in house.config.ports.items()})
    if house.config.works_elsewhere:
        return HouseProcess(apps, Jobs(), {}, close=house.close)
    if house.config.bus_url.startswith("huey:"):
        queue = connect(house.config.bus_url, "")
        after = AfterCommit(apps, house.commits, queue.look)
        return HouseProcess(after, queue.jobs, {}, close=queue.close)
    jobs = Jobs(*house.jobs())
    settle = partial(jobs.settle, _BUDGET_S, again=False)
    after = AfterCommit(apps, house.commits, settle)
    return HouseProcess(after, jobs, house.timers(jobs), close=house.close)
