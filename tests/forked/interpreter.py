"""`python -m tests.forked.interpreter SOCKET OWNER`: forks processes, with their modules imported.

Each request on the socket (SEQPACKET) is JSON with the three standard streams beside it: `argv`
(`python -m …` or `gunicorn …`), `env`, `cwd` and the process `group`: null for a session of its
own. The answers are the process's id, and its exit status when it has ended. Ends when it is asked
for nothing, and when the process OWNER ends.

What a fork imports besides, late or by a name, it tells, so that the next ones have it already.
"""

import ast
import gc
import importlib
import importlib.util
import json
import os
import runpy
import selectors
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import Any


class Teller(MetaPathFinder):
    """Finds no module, and tells of each that is looked for, in a line."""

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe

    def find_spec(self, name: str, _path: Sequence[str] | None, _target: Any = None) -> None:
        """Blocks never: what the pipe doesn't take is told by another fork."""
        with suppress(OSError):
            os.write(self._pipe, f"{name}\n".encode())


class Server:
    """Waits for requests and for the ends of who was forked."""

    def __init__(self, path: str, owner: int) -> None:
        self._selector = selectors.DefaultSelector()
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._listener.bind(path)
        self._listener.listen(64)
        self._askers: dict[int, socket.socket] = {}
        self._ended: dict[int, tuple[int, socket.socket]] = {}  # by the descriptor of a process
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)
        self._owner = os.pidfd_open(owner)
        self._selector.register(self._owner, selectors.EVENT_READ, self._owner_is_gone)
        self._run: set[str] = set()  # `-m` runs them: to import them might run them here
        self._told, self.tells = os.pipe()
        os.set_blocking(self._told, False)
        os.set_blocking(self.tells, False)

    def serve(self) -> dict[str, Any] | None:
        """What this process, a fork, shall be; None to the server when it shall end."""
        while True:
            for key, _ in self._selector.select():
                found = key.data(key.fd)
                if found is not None:
                    return found or None

    def _owner_is_gone(self, _fd: int) -> dict[str, Any]:
        return {}

    def _accept(self, _fd: int) -> None:
        asker, _ = self._listener.accept()
        self._askers[asker.fileno()] = asker
        self._selector.register(asker, selectors.EVENT_READ, self._fork)

    def _fork(self, fd: int) -> dict[str, Any] | None:
        asker = self._askers.pop(fd)
        self._selector.unregister(asker)
        said, streams, _, _ = socket.recv_fds(asker, 1 << 20, 3)
        if not said:  # whoever asked is gone
            asker.close()
            return None
        wanted: dict[str, Any] = json.loads(said)
        if not wanted:
            asker.close()
            return {}
        self._run.update(_run_by(wanted["argv"]))
        _import([*_modules(wanted["argv"]), *self._looked_for()])
        pid = os.fork()
        if pid == 0:
            asker.close()
            self._let_go()
            return wanted | {"streams": streams}
        for stream in streams:
            os.close(stream)
        asker.send(str(pid).encode())
        end = os.pidfd_open(pid)
        self._ended[end] = (pid, asker)
        self._selector.register(end, selectors.EVENT_READ, self._tell_end)
        return None

    def _looked_for(self) -> list[str]:
        """The modules that forks looked for meanwhile, but for what they run."""
        with suppress(BlockingIOError):
            names = os.read(self._told, 1 << 20).decode().splitlines()
            return [name for name in names if name not in self._run]
        return []

    def _tell_end(self, fd: int) -> None:
        pid, asker = self._ended.pop(fd)
        self._selector.unregister(fd)
        os.close(fd)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        with suppress(OSError):  # who asked doesn't listen any more
            asker.send(str(code).encode())
        asker.close()

    def _let_go(self) -> None:
        os.close(self._told)
        os.close(self._owner)
        self._selector.close()
        self._listener.close()
        for asker in self._askers.values():
            asker.close()
        for end, (_, asker) in self._ended.items():
            os.close(end)
            asker.close()


def _import(names: list[str]) -> None:
    """What can't be imported says so in the fork."""
    before = len(sys.modules)
    for name in names:
        with suppress(Exception):  # the fork imports it again, and fails as it should
            importlib.import_module(name)
    if len(sys.modules) > before:
        gc.collect()
        gc.freeze()


def _run_by(argv: list[str]) -> list[str]:
    """The module that `python -m` runs, maybe inside the package that it names."""
    if "-m" not in argv:
        return []
    module = argv[argv.index("-m") + 1]
    return [module, f"{module}.__main__"]


def _modules(argv: list[str]) -> list[str]:
    """Of `python -m`, and of gunicorn, which may be what that module runs."""
    app = next((word.partition(":")[0] for word in argv if word.endswith("()")), None)
    if "gunicorn" not in argv[:6]:
        return [*_imports_of(argv[argv.index("-m") + 1]), *filter(None, (app,))]
    worker = argv[argv.index("-k") + 1].rpartition(".")[0] if "-k" in argv else None
    return ["gunicorn.app.wsgiapp", *filter(None, (worker, app))]


def _imports_of(module: str) -> list[str]:
    """What the module that is run imports; itself it can't be: it would run."""
    found = importlib.util.find_spec(_main(module))
    if found is None or found.origin is None:
        return []
    tree = ast.parse(Path(found.origin).read_bytes())
    plain = [one.name for node in tree.body if isinstance(node, ast.Import) for one in node.names]
    return plain + [
        node.module for node in tree.body if isinstance(node, ast.ImportFrom) and node.module
    ]


def _main(module: str) -> str:
    found = importlib.util.find_spec(module)
    return f"{module}.__main__" if found and found.submodule_search_locations else module


def _be(wanted: dict[str, Any], tells: int) -> None:
    """Be the process that was asked for, to its end."""
    sys.meta_path.insert(0, Teller(tells))
    os.setsid() if wanted["group"] is None else os.setpgid(0, wanted["group"])
    for number, stream in enumerate(wanted["streams"]):
        os.dup2(stream, number)
        os.close(stream)
    _open_streams()
    os.chdir(wanted["cwd"])
    os.environ.clear()
    os.environ.update(wanted["env"])
    more = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    sys.path[:1] = [wanted["cwd"], *filter(None, more)]
    _run(_without_nice(wanted["argv"]))


def _open_streams() -> None:
    """Those that were open think of what they were open to."""
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(0, closefd=False),
        os.fdopen(1, "w", closefd=False),
        os.fdopen(2, "w", buffering=1, errors="backslashreplace", closefd=False),
    )


def _without_nice(argv: list[str]) -> list[str]:
    if argv[0] != "nice":
        return argv
    os.nice(int(argv[2]))
    return argv[3:]


def _run(argv: list[str]) -> None:
    if argv[0] == "python":
        sys.argv = argv[2:]
        sys.modules.pop(_main(argv[2]), None)  # another imports it: runpy would warn of that
        runpy.run_module(argv[2], run_name="__main__", alter_sys=True)
    else:
        from gunicorn.app.wsgiapp import run

        sys.argv = argv
        sys.exit(run())


if __name__ == "__main__":
    server = Server(sys.argv[1], int(sys.argv[2]))
    chosen = server.serve()
    if chosen:
        _be(chosen, server.tells)
