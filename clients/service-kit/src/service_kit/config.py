"""Settings: one frozen dataclass a service, read from the environment, every complaint at once."""

import dataclasses
import os
import sys
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar, get_type_hints

from environs import Env, EnvValidationError, ValidationError

from service_kit.errors import ConfigError, NotMigrated, ServiceKitError, StoreUnavailable
from service_kit.logs import get_logger
from service_kit.platform_variables import is_platforms
from service_kit.tokens import TOKEN_RULE, is_token

__all__ = [
    "ConfigError",
    "Holds",
    "anywhere",
    "load",
    "nowhere",
    "number",
    "or_exit",
    "port_number",
    "public_url",
    "setting",
    "token",
    "variables",
]

log = get_logger(__name__)

C = TypeVar("C")
_REQUIRED: Any = object()
_IN_PROCESS = "wsgi+"
_LONGEST_NUMBER = 18
_LONGEST_LINE = 500

Holds = Callable[[str], bool]
"""Whether the app at a URL is in this process."""


def setting(
    variable: str,
    *,
    default: Any = _REQUIRED,
    secret: bool = False,
    parse: Callable[[str], Any] | None = None,
    at_home: Callable[[Any], bool] | None = None,
) -> Any:
    """A dataclass field that is read from the environment `variable`.

    Without a default it is required. A secret never shows in the repr and may have no default.
    A secret's text is 16 to 255 visible ASCII characters, unless `parse` knows better.
    `parse` turns the text into the value (raising ValueError with a reason); without it the
    annotation decides: str, bool, or tuple[str, ...] (comma-separated); a number has bounds, so it
    has a `parse`. A value that `at_home` is true of is for development: a house that the public
    reaches refuses it.
    """
    if secret and default is not _REQUIRED and default is not None:
        raise TypeError(f"{variable}: a secret has no default")
    metadata = {"variable": variable, "default": default, "parse": parse, "at_home": at_home}
    if default is _REQUIRED:
        return dataclasses.field(metadata=metadata, repr=not secret)
    return dataclasses.field(metadata=metadata, repr=not secret, default=default)


def number(least: int, most: int) -> Callable[[str], int]:
    """A `parse` of a whole number in these bounds, both included, in ASCII digits alone."""

    def parse(text: str) -> int:
        is_number = text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER
        if not is_number or not least <= int(text) <= most:
            raise ValueError(f"must be a whole number, {least} to {most}")
        return int(text)

    return parse


port_number = number(1, 65_535)
"""A `parse` of a port."""


def variables(config_class: type[Any]) -> list[str]:
    """The names of the environment variables that a config class reads."""
    return [f.metadata["variable"] for f in dataclasses.fields(config_class)]


def nowhere(_url: str) -> bool:
    """No other app is in this process: what most processes say that call others."""
    return False


def anywhere(_url: str) -> bool:
    """Whatever a URL says is right: for a command that calls nobody."""
    return True


def load(config_class: type[C], *, prefix: str, holds: Holds = nowhere) -> C:
    """Build the config from the environment.

    `wsgi+` before a URL says that its host is in this process, which `holds` must confirm; the
    value is the URL. Raises ConfigError naming every variable that is missing or bad, and every
    one that starts with `prefix` but that nobody reads (a misspelt setting is a setting that is
    missing). What Kubernetes or Docker sets beside a service of that name is ignored, with a word
    in the log.
    """
    env = Env(eager=False)
    env.add_parser("parsed", lambda text, parse: _parsed(text, parse, holds))
    annotations = get_type_hints(config_class)
    values: dict[str, Any] = {}
    for field in dataclasses.fields(config_class):  # type: ignore[arg-type]
        values[field.name] = _read(env, field, annotations[field.name])
    complaints = _complaints(env)
    known = set(variables(config_class))
    strange = [name for name in sorted(os.environ) if name.startswith(prefix) and name not in known]
    ignored = [name for name in strange if is_platforms(name, os.environ[name])]
    complaints += [f"{name}: no such setting" for name in strange if name not in ignored]
    if complaints:
        raise ConfigError(complaints)
    if ignored:
        log.warning("ignored, as the platform's own", variables=",".join(ignored))
    return config_class(**values)


def or_exit(start: Callable[[], C], *, status: int = 2) -> C:
    """What `start` returns (settings, or what opens by them); a clear line on stderr for each
    complaint and this exit status when it raises ConfigError, NotMigrated or StoreUnavailable."""
    try:
        return start()
    except ConfigError as error:
        exit_with(error.complaints, status=status)
    except (NotMigrated, StoreUnavailable) as error:
        exit_with((str(error),), status=status)


def exit_with(complaints: tuple[str, ...], *, status: int = 2) -> NoReturn:
    """Print one line per complaint on stderr and exit with this status."""
    for complaint in complaints:
        print(_one_line(complaint), file=sys.stderr)  # noqa: T201 - this is the command's output
    sys.exit(status)


def _one_line(complaint: str) -> str:
    """Whatever a setting holds that it repeats."""
    line = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in complaint)
    return line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]} …"


def _read(env: Env, field: "dataclasses.Field[Any]", annotation: Any) -> Any:
    variable, default = field.metadata["variable"], field.metadata["default"]
    is_token = not field.repr and annotation in {str, str | None}
    own = field.metadata["parse"] or (token if is_token else _PARSERS[annotation])
    parse = _refusing(field.metadata["at_home"], own)
    text = os.environ.get(variable, "")
    if not text and default is not _REQUIRED:
        return default
    if not text:
        return env.str(variable, validate=_not_empty)
    return env.parsed(variable, parse=parse)


def public_url() -> str | None:
    """The setting by which this house is public: a service of its that is reached by https. None
    at home, where a developer tries it out."""
    public = (
        name
        for name, value in sorted(os.environ.items())
        if name.endswith("_PUBLIC_URL") and value.strip().casefold().startswith("https:")
    )
    return next(public, None)


def _refusing(
    at_home: Callable[[Any], bool] | None, parse: Callable[[str], Any]
) -> Callable[[str], Any]:
    public = public_url()
    if at_home is None or public is None:
        return parse

    def read(text: str) -> Any:
        value = parse(text)
        if at_home(value):
            raise ValueError(f"is for development, and by {public} the public is here")
        return value

    return read


def _not_empty(text: str) -> None:
    if not text:
        raise ValidationError("is empty")


def _parsed(text: str, parse: Callable[[str], Any], holds: Holds) -> Any:
    try:
        if text.startswith(_IN_PROCESS):
            text = _held(text, holds)
        return parse(text)
    except (ValueError, ServiceKitError) as error:
        raise ValidationError(str(error)) from error


def _held(text: str, holds: Holds) -> str:
    url = text.removeprefix(_IN_PROCESS)
    if not holds(url):
        raise ValueError(f"{text}: this process does not hold that app")
    return url


def token(text: str) -> str:
    """A `parse` of a secret that goes into a header of a request, or comes in one."""
    if not is_token(text):
        raise ValueError(f"must be {TOKEN_RULE}")
    return text


def _yes_or_no(text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise ValueError("must be true or false")
    return text.lower() == "true"


def _items(text: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in text.split(",") if item.strip())


_PARSERS: dict[Any, Callable[[str], Any]] = {
    str: str,
    str | None: str,
    bool: _yes_or_no,
    tuple[str, ...]: _items,
}


def _complaints(env: Env) -> list[str]:
    try:
        env.seal()
    except EnvValidationError as error:
        messages: Any = error.error_messages
        return [f"{name}: {' '.join(messages[name])}" for name in messages]
    return []
