"""Stands in for `python` and `gunicorn` in a command line: has a fork do it, and ends as that ends.

Starts in a hundredth of a second, as it needs nothing but the standard library.
"""

import json
import os
import socket
import sys
from collections.abc import Sequence


def package_of(argv: Sequence[str]) -> str:
    """The package whose program these words start: that of gunicorn's app, or of `-m`; or none.

    A program of a package's tests is one of the package.
    """
    apps = [word for word in argv if ":" in word and word.endswith("()")]
    modules = [argv[argv.index("-m") + 1]] if "-m" in argv[:3] else []
    module = [*apps, *modules, ""][0].partition(":")[0]
    return module.removeprefix("tests.").partition(".")[0]


def main() -> None:
    """Ask whoever forks for the package, on the socket beside this file; else be Python."""
    folder, program = os.path.split(sys.argv[0])
    argv, package = [program, *sys.argv[1:]], package_of(sys.argv)
    serving = os.path.join(folder, package)
    if not package or not os.path.exists(serving):
        real = os.path.join(os.path.dirname(sys.executable), program)
        os.execv(real, [real, *sys.argv[1:]])
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as asked:
        asked.connect(serving)
        env = dict(os.environ)
        wanted = {"argv": argv, "env": env, "cwd": os.getcwd(), "group": 0}
        socket.send_fds(asked, [json.dumps(wanted).encode()], [0, 1, 2])
        asked.recv(64)
        code = int(asked.recv(64))
    sys.exit(code if code >= 0 else 128 - code)


if __name__ == "__main__":
    main()
