"""Which commands are Python's own, so that a fork of this process can become them."""

import gc
import importlib
import os
import re
import runpy
import shlex
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from string import Template

_PYTHON = {"python", "python3", sys.executable}
_FOR_A_SHELL = re.compile(r"[`*?~\\]|\$[^A-Za-z_{]")
_OR = ":-"
_OPERATOR = re.compile(r"[();<>|&]+")
_APP = re.compile(r"([A-Za-z_][\w.]*):\w+(?:\(\))?")
_WORKER_CLASS = re.compile(r"([A-Za-z_]\w*(?:\.\w+)+)\.[A-Z]\w*")
_SERVERS = {"gunicorn", "service_kit.one_worker"}
_OF_SERVERS = ("gunicorn.app.wsgiapp", "service_kit.web_server", "service_kit.entrance.threads")


class _Line(Template):
    """As a shell has it, `${NAME:-default}` too; the default is a plain word."""

    braceidpattern = r"[A-Za-z_]\w*(?::-[\w.:\[\]-]*)?"


class _Values(Mapping[str, str]):
    """What stands between the braces, by the environment."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def __getitem__(self, said: str) -> str:
        name, has_default, default = said.partition(_OR)
        return (self._environment.get(name) or default) if has_default else self._environment[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._environment)

    def __len__(self) -> int:
        return len(self._environment)


@dataclass(frozen=True)
class PythonCommand:
    """`python -m module`, with arguments; a niceness is added to this process's."""

    module: str
    arguments: tuple[str, ...]
    niceness: int = 0

    @property
    def needs(self) -> Iterable[str]:
        """The modules that it will load, as far as its words tell."""
        yield self.module
        if self.module in _SERVERS:
            yield from _OF_SERVERS
        for argument in self.arguments:
            if named := _APP.fullmatch(argument) or _WORKER_CLASS.fullmatch(argument):
                yield named[1]

    def run(self) -> None:
        """Be that program, to its end; to be called in a process of its own, which is named so."""
        from setproctitle import setproctitle  # where nothing is forked it isn't installed

        setproctitle(shlex.join(("python", "-m", self.module, *self.arguments)))
        os.nice(self.niceness)
        sys.argv = [self.module, *self.arguments]
        for name in (self.module, f"{self.module}.__main__"):  # it is run, loaded or not
            sys.modules.pop(name, None)
        runpy.run_module(self.module, run_name="__main__", alter_sys=True)


def python_command(command: str, environment: Mapping[str, str]) -> PythonCommand | None:
    """Read a command line of a Procfile; None when a shell has to.

    | command                                | it is                                              |
    |----------------------------------------|----------------------------------------------------|
    | `python -m bus.worker`                 | `bus.worker` run as the main module                |
    | `nice -n 5 gunicorn -b ":$PORT" "a:b"` | `gunicorn`, with `$PORT` of the environment        |
    | `gunicorn -b "${HOST:-::1}" "a:b"`     | with `::1` where `$HOST` is not set, or is empty   |
    | `sleep 5`, `a && b`, `cat *.log`       | None                                               |
    """
    words = _words(command, environment)
    niceness = 0
    if words[:2] == ["nice", "-n"] and len(words) > 3 and words[2].isdigit():
        niceness, words = int(words[2]), words[3:]
    if words[:1] == ["gunicorn"]:
        words = ["python", "-m", *words]
    if len(words) < 3 or words[0] not in _PYTHON or words[1] != "-m":
        return None
    return PythonCommand(words[2], tuple(words[3:]), niceness)


def load(commands: Iterable[PythonCommand]) -> None:
    """Import what they need, once for all that are forked from here. Importing does nothing (our
    own modules' law); what can't be imported is left to whoever needs it: it says so itself."""
    for name in dict.fromkeys(name for command in commands for name in command.needs):
        with suppress(ImportError, SyntaxError):
            if hasattr(importlib.import_module(name), "__path__"):
                importlib.import_module(f"{name}.__main__")
    gc.collect()
    gc.freeze()  # a collection would write to each page that is shared


def _words(command: str, environment: Mapping[str, str]) -> list[str]:
    """None at all when there is in it what only a shell understands."""
    if _FOR_A_SHELL.search(command) or ("'" in command and "$" in command):
        return []
    lexer = shlex.shlex(command, posix=True, punctuation_chars=True)
    lexer.whitespace_split, lexer.commenters = True, ""
    try:
        words = list(lexer)
        values = [_Line(word).substitute(_Values(environment)) for word in words]
    except (KeyError, ValueError):  # a variable that isn't set, a quote that has no end
        return []
    is_split = any(a != b and len(b.split()) != 1 for a, b in zip(words, values, strict=True))
    return [] if is_split or any(map(_OPERATOR.fullmatch, words)) else values
