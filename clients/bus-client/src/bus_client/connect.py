"""A bus by its URL: the same code in one process, with a worker beside it, or with a bus between.

| URL                                        | who receives, and when                           |
|--------------------------------------------|--------------------------------------------------|
| `inline:`                                  | this process, before `publish` returns           |
| `huey:sqlite:///PATH`                      | the process of `bus work`, afterwards            |
| `huey:redis://HOST/0`, `rediss:`, `unix:`  | the same; as safe as Redis' `appendfsync` says   |
| `huey:postgresql://USER@HOST/NAME`         | the same                                         |
| `http://HOST`, `https://HOST`              | whoever is subscribed at the bus there           |
"""

import threading
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from service_kit.jobs import Jobs
from service_kit.url import base_url

from bus_client.bus import Bus
from bus_client.client import BusClient
from bus_client.errors import BadConnection
from bus_client.inline import InlineBus
from bus_client.receivers import Deliver, Receivers

_Process = tuple[Receivers, Jobs]
_shared: dict[str, _Process] = {}
"""What the contexts of this process that connect to one URL have in common. The only thing kept
outside of a connection: contexts that don't know each other are to meet by their settings alone."""
_sharing = threading.Lock()

_NEEDS = {
    "sqlite": ("huey", "huey"),
    "redis": ("redis", "redis"),
    "rediss": ("redis", "redis"),
    "unix": ("redis", "redis"),
    "postgresql": ("psycopg", "postgresql"),
    "postgresql+psycopg": ("psycopg", "postgresql"),
}
"""By the scheme of a queue: the module that its engine needs, and the extra that brings it."""

_IS_NO_BUS = "is no bus: inline:, huey:DATABASE or http(s)://HOST is one"


def bus_url(url: str) -> str:
    """Check the URL of a bus (a parser for settings). Raises BadConnection, a ValueError."""
    if not isinstance(url, str) or not url:  # a setting that is not there, as a rule
        raise BadConnection(f"{url!r} {_IS_NO_BUS}")
    scheme, colon, rest = url.partition(":")
    if scheme not in _OPEN:
        raise BadConnection(f"{scheme}: {_IS_NO_BUS}")
    if scheme == "huey":
        _check_queue(rest)
    elif scheme == "inline":
        _check_inline(colon)
    else:
        _check_host(url)
    return url


def connect(url: str, token: str, deliver: Deliver | None = None, *, name: str = "default") -> Bus:
    """The bus at `url`. May be called in every process; opens a queue, but no bus, at once.

    `token` is shown to a bus across HTTP; the others need none. `deliver` takes what is published
    (`bus_drain.receiver(LISTENERS)`), in whichever process receives; a bus across HTTP delivers
    to a `Drain(listeners=LISTENERS)` instead. `name` is the context's: several in one process
    each get every event, and one's failure is not another's.

    Raises BadConnection; BusUnavailable when a queue's database gives no answer.
    """
    return _OPEN[bus_url(url).partition(":")[0]](url, token, deliver, name)


def _http(url: str, token: str, _deliver: Deliver | None, name: str) -> Bus:
    return BusClient(url, token, name=name)


def _inline(url: str, _token: str, deliver: Deliver | None, name: str) -> Bus:
    receivers, jobs = _joined(url, deliver, name)
    return InlineBus(receivers, jobs, name=name)


def _queued(url: str, _token: str, deliver: Deliver | None, name: str) -> Bus:
    from bus_client.jobs import QueuedBus, open_queue

    queue = open_queue(url.partition(":")[2])
    receivers, jobs = _joined(url, deliver, name)
    return QueuedBus(queue, receivers, jobs, name=name)


def _joined(url: str, deliver: Deliver | None, name: str) -> _Process:
    with _sharing:
        receivers, jobs = _shared.setdefault(url, (Receivers(), Jobs()))
    if deliver is not None:
        receivers.add(name, deliver)
    return receivers, jobs


def _check_inline(colon: str) -> None:
    if not colon:  # it would be another bus than `inline:`, and who hears of the one not the other
        raise BadConnection("inline: is written with its colon")


def _check_host(url: str) -> None:
    scheme = url.partition(":")[0]
    if not url.partition(":")[2].strip("/"):
        raise BadConnection(f"{scheme}: needs a host, as in {scheme}://localhost:8001")
    try:
        base_url(url.rstrip("/"))
    except ValueError as error:
        raise BadConnection(f"{scheme}: the bus {error}") from error


def _check_queue(database: str) -> None:
    scheme, _, rest = database.partition(":")
    if scheme not in _NEEDS:
        raise BadConnection(
            "huey: needs a database, as in huey:sqlite:///var/queue.sqlite3,"
            " huey:redis://localhost/0 or huey:postgresql://localhost/NAME"
        )
    if not rest.strip("/") or ":memory:" in rest:
        raise BadConnection(f"huey:{scheme}: needs a database that two processes can open")
    _check_address(scheme, database)
    for module, extra in (("huey", "huey"), _NEEDS[scheme]):
        if find_spec(module) is None:
            raise BadConnection(f"huey:{scheme}: needs {module}: pip install 'bus-client[{extra}]'")


def _check_address(scheme: str, database: str) -> None:
    if scheme == "sqlite":
        _check_file(database)
        return
    try:
        _ = urlsplit(database).port
    except ValueError:
        raise BadConnection(f"huey:{scheme}: names a port that is none") from None


def _check_file(database: str) -> None:
    if not database.startswith("sqlite:///"):  # all of it would be the file's name
        raise BadConnection("huey:sqlite: is followed by ///, and a fourth / for a whole path")
    if "?" in database:  # it would be part of the file's name
        raise BadConnection("huey:sqlite: takes no options")
    file = Path(database.removeprefix("sqlite:///"))
    try:
        is_in_a_folder, is_a_folder = file.parent.is_dir(), file.is_dir()
    except (OSError, ValueError):  # a name that is too long, or none
        raise BadConnection("huey:sqlite: names a file that can't be") from None
    if not is_in_a_folder:
        raise BadConnection(f"huey:{database}: there is no folder {file.parent}")
    if is_a_folder:
        raise BadConnection(f"huey:{database}: {file} is a folder")


_OPEN: dict[str, Callable[[str, str, Deliver | None, str], Bus]] = {
    "inline": _inline,
    "huey": _queued,
    "http": _http,
    "https": _http,
}
