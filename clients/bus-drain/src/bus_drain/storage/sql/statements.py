"""What the two dialects spell differently: rows out of one parameter.

A batch travels as one JSON parameter: a hundred of them cost five times as much.
"""

from collections.abc import Collection

import msgspec
from service_kit.database import is_sqlite
from sqlalchemy import JSON, BindParameter, Engine, bindparam, cast, func
from sqlalchemy.sql.selectable import TableValuedAlias


def listed(engine: Engine) -> TableValuedAlias:
    """The texts in the parameter `texts` as rows with one column, `value`."""
    texts: BindParameter[str] = bindparam("texts")
    if is_sqlite(engine):
        return func.json_each(texts).table_valued("value")
    return func.json_array_elements_text(cast(texts, JSON)).table_valued("value")


def as_texts(values: Collection[str]) -> str:
    """The parameter `texts`: in one order always, so that two writers can't lock crosswise."""
    return msgspec.json.encode(sorted(set(values))).decode()
