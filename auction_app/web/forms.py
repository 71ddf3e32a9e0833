"""Forms: what people type, cleaned and checked; one class a form.

A form is a frozen dataclass whose attributes say how their texts are read:

    @dataclass(frozen=True, kw_only=True)
    class AnswerForm(Form):
        answer: str = paragraphs(longest=1000)

    AnswerForm.read(request.form).answer

marshmallow does the reading, so every field is looked at, and all that is wrong is said at once.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any, Self
from zoneinfo import ZoneInfo

import marshmallow as ma
from marshmallow.experimental.context import Context
from service_kit.money import Money

from auction_app.db.ids import KEY
from auction_app.errors import BadInput
from auction_app.web import fields as texts


@dataclass(frozen=True, kw_only=True)
class Notation:
    """How whoever filled in a form writes amounts and times: `currency` is the ISO 4217 code that
    amounts are in, `symbol` its sign, `decimal_mark` "." or ","."""

    currency: str = ""
    symbol: str = ""
    decimal_mark: str = "."
    zone: ZoneInfo = ZoneInfo("UTC")


PLAIN = Notation()


@dataclass(frozen=True)
class Form:
    """What every form can do. Fields that a form doesn't name are passed over."""

    @classmethod
    def read(cls, typed: Mapping[str, str], notation: Notation = PLAIN) -> Self:
        """The form as it was filled in. Raises BadInput with a word for each field that is
        wrong."""
        valid, errors = cls.examine(typed, notation)
        if errors:
            raise BadInput(errors)
        return cls(**valid)

    @classmethod
    def examine(
        cls, typed: Mapping[str, str], notation: Notation = PLAIN
    ) -> tuple[dict[str, Any], dict[str, str]]:
        """The values of the fields that are right, and a word for each that is wrong."""
        schema = _schema_of(cls)  # type: ignore[arg-type] # mypy asks its instances for a hash
        try:
            with Context(notation):
                return schema.load({name: _storable(typed, name) for name in schema.fields}), {}
        except ma.ValidationError as error:
            valid: Any = error.valid_data  # of one object, so it is a dict
            return valid, {name: words[0] for name, words in error.messages_dict.items()}


def _storable(typed: Mapping[str, str], name: str) -> str:
    return typed.get(name, "").replace("\x00", " ")  # PostgreSQL has no NUL


@cache
def _schema_of(form: type[Form]) -> ma.Schema:
    # Built once: for so small a form, building the schema takes longer than reading.
    return ma.Schema.from_dict({it.name: it.metadata["reader"] for it in fields(form)})()


def line(*, longest: int, optional: bool = False) -> Any:
    """One line of text of at most so many characters; "" where `optional` and left empty."""
    return _attribute(lambda text: texts.read_line(text, longest), empty="" if optional else ...)


def name() -> Any:
    """What somebody may be called."""
    return _attribute(texts.read_name)


def paragraphs(*, longest: int) -> Any:
    """Text with line breaks, of at most so many characters."""
    return _attribute(lambda text: texts.read_paragraphs(text, longest))


def email() -> Any:
    """An e-mail address."""
    return _attribute(texts.read_email)


def new_password() -> Any:
    """A password to set."""
    return _attribute(texts.read_new_password, repr=False)


def as_typed(*, repr: bool = True) -> Any:
    """The text as it was typed; without `repr` it is kept out of logs."""
    return _attribute(str, repr=repr)


def choice(choices: Iterable[str], *, default: Any = ..., word: str = "not_a_choice") -> Any:
    """One of the choices; `default` where there is one and nothing was chosen, else `word`."""
    known = frozenset(choices)

    def read(text: str) -> Any:
        if not text and default is not ...:
            return default
        if text not in known:
            raise ma.ValidationError(word)
        return text

    return _attribute(read)


def known(choices: Iterable[str]) -> Any:
    """One of the choices; None for anything else."""
    accepted = frozenset(choices)
    return _attribute(lambda text: text if text in accepted else None)


def form_key() -> Any:
    """What makes a form that is sent twice one act; None where it holds no key of ours."""
    return _attribute(lambda text: text if KEY.fullmatch(text) else None)


def currency() -> Any:
    """The ISO 4217 code of a currency that the house trades in."""
    return _attribute(texts.read_currency)


def money(*, optional: bool = False) -> Any:
    """An amount in the notation's currency; None where `optional` and left empty."""
    return _attribute(_in_notation(texts.read_money), empty=None if optional else ...)


def price(*, optional: bool = False) -> Any:
    """Money above nothing in the notation's currency; None where `optional` and left empty."""
    return _attribute(_in_notation(texts.read_price), empty=None if optional else ...)


def cost(*, optional: bool = False) -> Any:
    """Money, or nothing to pay, in the notation's currency; None where `optional` and empty."""
    return _attribute(_in_notation(texts.read_cost), empty=None if optional else ...)


def local_time(*, optional: bool = False) -> Any:
    """A moment in the notation's zone, in ms since the epoch; None where `optional` and empty."""

    def read(text: str) -> int:
        return texts.read_local_time(text, Context.get().zone)

    return _attribute(read, empty=None if optional else ...)


def _in_notation(read: Callable[..., Money]) -> Callable[[str], Money | None]:
    """Read an amount as whoever filled in the form writes it."""

    def read_amount(text: str) -> Money | None:
        notation: Notation = Context.get()
        if not texts.is_currency(notation.currency):
            return None  # what is wrong then is the currency
        return read(
            text, notation.currency, decimal_mark=notation.decimal_mark, symbol=notation.symbol
        )

    return read_amount


def _attribute(read: Callable[[str], Any], *, empty: Any = ..., repr: bool = True) -> Any:
    """A dataclass field that `read` reads; an `empty` text, where that has a meaning, is that."""

    def reader(text: str) -> Any:
        return empty if empty is not ... and not text.strip() else read(text)

    return field(metadata={"reader": ma.fields.Function(deserialize=reader)}, repr=repr)
