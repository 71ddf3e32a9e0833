"""The URL of an entity or of a callback, as a type of the wire."""

from typing import Annotated

from msgspec import Meta
from service_kit.url import MAX_URL_CHARACTERS

# What can be said of a URL without knowing the hosts; the rest is `service_kit.url`'s.
Url = Annotated[str, Meta(max_length=MAX_URL_CHARACTERS, extra_json_schema={"format": "uri"})]
