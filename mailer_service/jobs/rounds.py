"""From work to a body for `run_loops`: go on while there is some, wait to be notified when not."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from service_kit.backoff import backoff_s
from service_kit.logs import get_logger

from mailer_service.errors import ServerUnavailable
from mailer_service.notifier import Notifier

if TYPE_CHECKING:
    from mailer_service.jobs.work import Work

log = get_logger(__name__)

_LONGEST_S = 30.0


def rounds(work: "Work", notifier: Notifier) -> Callable[[], float]:
    """A body that does one piece of work, or waits until there may be some.

    While the SMTP server is away it asks again with back-off, and nothing is written for the
    mails that wait.
    """
    failures = 0

    def body() -> float:
        nonlocal failures
        heard = notifier.heard()
        try:
            if not work():
                notifier.wait(heard)
        except ServerUnavailable as error:
            failures += 1
            pause_s = backoff_s(failures, longest_s=_LONGEST_S)
            log.warning("no mail can leave", why=str(error), again_s=round(pause_s, 1))
            return pause_s
        failures = 0
        return 0.0

    return body
