"""How many files and sockets a process may have open."""

import resource


def allow_many_sockets() -> None:
    """Let this process have as many open as the system lets it: who waits keeps one each."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
