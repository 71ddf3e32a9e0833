"""Templates are compiled once for all the apps that a test run builds: half of what a test of a
page took."""

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

_CODE: dict[str, bytes] = {}


class _InMemory(BytecodeCache):
    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in _CODE:
            bucket.bytecode_from_string(_CODE[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        _CODE[bucket.key] = bucket.bytecode_to_string()


def share_templates(app: Flask) -> None:
    """Let the app use what others have compiled."""
    app.jinja_env.bytecode_cache = _InMemory()
