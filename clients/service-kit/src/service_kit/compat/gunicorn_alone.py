"""gunicorn: a server without a master, whose one worker is the process itself.

What its arbiter does before it forks (`start`), and what a worker is made with, is its business.
"""

import os
import signal
import sys

from gunicorn.app.wsgiapp import WSGIApplication
from gunicorn.arbiter import Arbiter
from gunicorn.errors import AppImportError


class _Masterless:
    """A worker ends when its parent is another one; here whoever is the parent is no master."""

    @property
    def ppid(self) -> int:
        """Always the parent of now."""
        return os.getppid()

    @ppid.setter
    def ppid(self, _pid: int) -> None:
        """gunicorn sets it."""


class Alone(Arbiter):  # type: ignore[misc]
    """Listens, and is the worker. `is_alone` tells a hook so."""

    is_alone = True

    def run(self) -> None:
        """Serve until SIGTERM; blocks. Ends the process with gunicorn's own status when the app
        can't be loaded."""
        self.start()
        kind = type(self.worker_class.__name__, (_Masterless, self.worker_class), {})
        worker = kind(1, 0, self.LISTENERS, self.app, self.timeout / 2, self.cfg, self.log)
        self.cfg.pre_fork(self, worker)
        worker.pid = os.getpid()
        self.cfg.post_fork(self, worker)
        try:
            worker.init_process()
        except AppImportError as error:
            print(error, file=sys.stderr)  # noqa: T201 - as gunicorn does
            sys.exit(self.APP_LOAD_ERROR)
        finally:
            worker.tmp.close()
            self.cfg.worker_exit(self, worker)
            self._end_within_grace()

    def _end_within_grace(self) -> None:
        """The interpreter would wait for a thread that answers still, as no master does."""
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(max(1, self.cfg.graceful_timeout))


class AloneApplication(WSGIApplication):  # type: ignore[misc]
    """What `gunicorn` runs, by the same options."""

    def load_config(self) -> None:
        """Read command line and settings file. Raises RuntimeError for several workers, which
        gunicorn turns into a line and a status."""
        super().load_config()
        if self.cfg.workers != 1:
            raise RuntimeError(f"workers: this is one; start {self.cfg.workers} by `gunicorn`")

    def run(self) -> None:
        """Serve; blocks."""
        Alone(self).run()
