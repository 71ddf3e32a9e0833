"""Forms, of which each part has a name: whoever looks through them takes that for granted."""

from itertools import chain
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.formparser import t_parse_result


def refuse_nameless_parts(app: "Flask") -> None:
    """Answer 400 for a form with a part that has no name, which RFC 7578 (4.2) forbids: it would be
    there under None, which Flask-WTF and JSON fail at."""
    from werkzeug.exceptions import BadRequest
    from werkzeug.formparser import FormDataParser

    class NamedParts(FormDataParser):
        def parse(
            self,
            stream: IO[bytes],
            mimetype: str,
            content_length: int | None,
            options: dict[str, str] | None = None,
        ) -> "t_parse_result":
            rest, fields, files = super().parse(stream, mimetype, content_length, options)
            if None in fields or None in files:
                for file in chain.from_iterable(files.listvalues()):
                    file.close()
                raise BadRequest("A part of the form has no name.")
            return rest, fields, files

    class FormRequest(app.request_class):  # type: ignore[name-defined, misc]
        form_data_parser_class = NamedParts

    app.request_class = FormRequest
