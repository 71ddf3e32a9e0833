"""Whatever is sent to the bus, the answer is what its OpenAPI document says, and never a 500."""

from typing import Any

import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.contract.conftest import ROOT_KEY, bus_token

# That a topic belongs to somebody else, or a host is not trusted, is beyond what a schema says.
BEYOND_SCHEMA = [positive_data_acceptance]


def test_every_answer_of_every_operation_is_as_described(bus: Flask) -> None:
    schema = schemathesis.openapi.from_wsgi("/openapi.json", bus)
    for token in (bus_token(bus, "shop"), ROOT_KEY):
        for operation in schema.get_all_operations():
            _try(operation.ok(), token)
    assert _is_well(bus)


def _try(operation: Any, token: str) -> None:
    @given(case=operation.as_strategy())
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    def check(case: Any) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        case.call_and_validate(headers=headers, excluded_checks=BEYOND_SCHEMA)

    check()


def _is_well(app: Flask) -> bool:
    """Nothing that was sent broke what others do."""
    token = bus_token(app, "after-all")
    event = {"type": "create", "url": "https://shop.example/widgets/1"}
    headers = {"Authorization": f"Bearer {token}"}
    answer = app.test_client().post("/topics/untouched", json=event, headers=headers)
    return answer.status_code == 200
