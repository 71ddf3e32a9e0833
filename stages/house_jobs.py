"""`python -m stages.house_jobs`: what the commits of `stages.house` leave to be done."""

import threading

from bus_client import Bus, BusError, connect
from bus_drain import receiver
from service_kit.config import exit_with, or_exit
from service_kit.health import serve_health
from service_kit.logs import configure_logs
from service_kit.otel import export_spans
from service_kit.private import keep_files_private
from service_kit.stop_signals import stop_signals
from service_kit.worker import Loops, made_when_there, run_loops

from stages.bootstrap import House, build
from stages.config import read

_WORKERS = 4


def main() -> None:
    """Work until SIGTERM or SIGINT; blocks."""
    keep_files_private()
    configure_logs("house_jobs")
    export_spans("house_jobs")
    house = or_exit(lambda: made_when_there(lambda: build(read())))
    or_exit(house.check_start)
    if house.config.works_elsewhere:
        run_loops(
            house.loops(),
            health_port=house.config.jobs_port,
            checks=house.checks,
            collect=house.collect,
        )
    else:
        _work_off_queue(house)


def _work_off_queue(house: House) -> None:
    try:
        # Nobody publishes to it: it carries looks, and what it has of events is none.
        queue = connect(house.config.bus_url, "", receiver({}))
        _run(house, queue)
    except BusError as error:
        exit_with((str(error),))


def _run(house: House, queue: Bus) -> None:
    stopping = threading.Event()

    def stop() -> None:
        stopping.set()
        queue.jobs.stop()

    queue.jobs.add(*house.jobs())
    loops = Loops(house.timers(queue.jobs))
    with stop_signals(stop):
        loops.start()
        try:
            if house.config.jobs_port is not None:
                checks = {"loops": loops.all_alive} | house.checks
                serve_health(house.config.jobs_port, checks, house.collect)
            queue.run(stopping, workers=_WORKERS)
        finally:
            loops.stop()


if __name__ == "__main__":
    main()
