"""Whatever is sent to the bus, the answer is what its OpenAPI document says, and never a 500."""

from typing import Any

import pytest
import requests
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.contract.conftest import ROOT_KEY, RunningBus, bus_token

pytestmark = pytest.mark.slow

# That a topic belongs to somebody else, or a host is not trusted, is beyond what a schema says.
BEYOND_SCHEMA = [positive_data_acceptance]


def test_every_answer_of_every_operation_is_as_described(running_bus: RunningBus) -> None:
    asgi_bus = running_bus.url
    schema = schemathesis.openapi.from_url(f"{asgi_bus}/openapi.json")
    for token, examples in ((running_bus.token("shop"), 8), (ROOT_KEY, 3)):
        for operation in schema.get_all_operations():
            _try(operation.ok(), token, examples)
    after = (running_bus.token("after"), "")
    answer = requests.post(f"{asgi_bus}/topics/untouched", json=EVENT, auth=after, timeout=10)
    assert answer.status_code == 200  # nothing that was sent broke what others do


def test_so_it_is_for_publishing_through_flask_which_goes_another_way(bus: Flask) -> None:
    schema = schemathesis.openapi.from_wsgi("/openapi.json", bus)
    publishing = schema.include(path="/topics/{topic}", method="POST")
    for token in (bus_token(bus, "shop"), ROOT_KEY):
        for operation in publishing.get_all_operations():
            _try(operation.ok(), token, 20)
    after = (bus_token(bus, "after"), "")
    assert bus.test_client().post("/topics/untouched", json=EVENT, auth=after).status_code == 200


EVENT = {"type": "create", "url": "https://shop.example/widgets/1"}


def _try(operation: Any, token: str, examples: int) -> None:
    @given(case=operation.as_strategy())
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    def check(case: Any) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        (case.query or {}).pop("wait", None)  # a long poll takes as long as it is asked to
        case.call_and_validate(headers=headers, excluded_checks=BEYOND_SCHEMA)

    check()
