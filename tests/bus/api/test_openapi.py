import re
from pathlib import Path
from typing import Any

from werkzeug.test import Client

from bus.app import create_app
from bus.config import Config
from bus.storage import Logs, Storage
from tests import node
from tests.bus.api.calling import assert_problem, call


def test_the_document_describes_every_path(api: Client, config: Config, storage: Storage) -> None:
    document = call(api, "GET", "/openapi.json", by=None).get_json()
    methods = {
        (method.upper(), path)
        for path, operations in document["paths"].items()
        for method in operations
        if method != "parameters"
    }
    served = {
        (method, re.sub(r"<(?:int:)?(\w+)>", r"{\1}", rule.rule))
        for rule in create_app(config, logs=Logs(storage)).url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    plumbing = {("GET", path) for path in ("/openapi.json", "/healthz", "/readyz")}
    plumbing |= {("GET", "/.well-known/security.txt")}
    pages = {one for one in served if one[1].startswith(("/static", "/console/"))}
    assert served - pages - plumbing == methods


def test_the_linter_finds_no_error(api: Client, tmp_path: Path) -> None:
    assert node.lint_openapi(described(api), tmp_path) == []


def described(api: Client) -> Any:
    return call(api, "GET", "/openapi.json", by=None).get_json()


def test_publishing_is_described_in_all_its_forms(api: Client) -> None:
    publish = described(api)["paths"]["/topics/{topic}"]["post"]
    assert set(publish["requestBody"]["content"]) == {
        "application/json",
        "application/cloudevents+json",
        "application/cloudevents-batch+json",
    }
    assert {"Idempotency-Key", "ce-type"} <= {one["name"] for one in publish["parameters"]}
    refused = {"400", "401", "403", "408", "413", "415", "422", "503"}
    assert refused <= set(publish["responses"])


def test_a_put_may_make(api: Client) -> None:
    put = described(api)["paths"]["/clients/{client}/subscriptions/{name}"]["put"]
    assert {"200", "201"} <= set(put["responses"])


def test_a_delivery_is_described_as_a_webhook(api: Client) -> None:
    delivery = described(api)["webhooks"]["delivery"]["post"]
    assert len(delivery["requestBody"]["content"]) == 3
    assert {"200", "204", "410", "429", "503"} <= set(delivery["responses"])


def test_a_busy_service_says_when_to_come_again(api: Client) -> None:
    unavailable = described(api)["components"]["responses"]["SERVICE_UNAVAILABLE"]
    assert "Retry-After" in unavailable["headers"]


def test_what_is_not_there_is_a_problem(api: Client) -> None:
    assert_problem(call(api, "GET", "/nothing"), 404)
