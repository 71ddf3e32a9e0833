"""The canary of service_kit/compat/webargs.py."""

from typing import Any

import marshmallow as ma
from flask import Flask, Request
from service_kit.compat.webargs import BodyParser


class Form(ma.Schema):
    word = ma.fields.String()


class Parser(BodyParser):
    def read_body(self, request: Request) -> Any:
        return {"word": "ours"}


def test_a_body_is_read_our_way_whatever_its_content_type_says() -> None:
    with Flask("canary").test_request_context("/", method="POST", data=b"theirs"):
        read = Parser().parse(Form())
    assert read == {"word": "ours"}, (
        "webargs no longer asks service_kit/compat/webargs.py for a JSON body (once by"
        " _raw_load_json): service_kit/openapi.py would read bodies laxly"
    )
