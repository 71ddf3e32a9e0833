"""Run processes until somebody ends them: say when all are ready, and who ended first."""

import os
import signal
import sys
import threading
from collections.abc import Container, Mapping
from types import FrameType

from service_kit.run.logs import Logs
from service_kit.run.ports import LOOPBACK
from service_kit.run.process import Process
from service_kit.run.python_command import load, python_command
from service_kit.run.readiness import wait_until_ready
from service_kit.run.supervisor import Supervisor
from service_kit.run.words import say

_READY_WITHIN_S = 60.0
_CAN_FORK = sys.platform == "linux"  # elsewhere what is loaded need not survive a fork


def stay(
    commands: Mapping[str, str],
    *,
    apart: Container[str] = (),
    ports: Mapping[str, int],
    logs: Logs,
    words: str,
) -> int:
    """Start the commands by name, say `words` once whoever has one of the ports is ready, and stay
    until Ctrl-C. Returns the exit status: 1 when they aren't ready within 60 s, the status of one
    that ends before that. To be called by the main thread, before there is another one.

    All have this process's environment. What is Python's own is forked from this process, after it
    has loaded what all need, so that they share it; but not who is `apart`.
    """
    supervisor = Supervisor(_processes(commands, apart), logs, _complain)

    def end(_number: int, _frame: FrameType | None) -> None:
        supervisor.end()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # the last: no terminal any more
        signal.signal(number, end)
    supervisor.loop(threading.Thread(target=_announce, args=(supervisor, ports, logs, words)))
    return _farewell(supervisor, logs)


def _processes(commands: Mapping[str, str], apart: Container[str]) -> dict[str, Process]:
    forks = {
        name: found
        for name, command in commands.items()
        if _CAN_FORK and name not in apart and (found := python_command(command, os.environ))
    }
    load(forks.values())
    return {name: Process(command, forks.get(name)) for name, command in commands.items()}


def _announce(supervisor: Supervisor, ports: Mapping[str, int], logs: Logs, words: str) -> None:
    waiting = wait_until_ready(
        ports,
        seconds=_READY_WITHIN_S,
        give_up=lambda: supervisor.is_ending,
        listen_host=os.environ.get("LISTEN_HOST") or LOOPBACK,
    )
    if not waiting:
        say(words, sys.stdout)
        return
    if supervisor.is_ending:
        return  # somebody has ended: `_farewell` says who
    for name, word in waiting.items():
        _complain(f"{name} is not ready: {word}\n{logs.last_lines(name)}")
    supervisor.status = 1
    supervisor.end()


def _farewell(supervisor: Supervisor, logs: Logs) -> int:
    if (name := supervisor.ended_first) is None:
        say("Stopped.", sys.stdout)
        return supervisor.status
    _complain(f"{name} ended by itself, so all were stopped:\n{logs.last_lines(name)}")
    return abs(supervisor.status) or 1


def _complain(words: str) -> None:
    say(words, sys.stderr)
