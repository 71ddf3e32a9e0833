import re

from werkzeug.test import Client

from bus.app import create_app
from bus.config import Config
from bus.storage import Storage
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
        for rule in create_app(config, storage=storage).url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    plumbing = {("GET", path) for path in ("/openapi.json", "/healthz", "/readyz")}
    pages = {one for one in served if one[1].startswith(("/static", "/console/"))}
    assert served - pages - plumbing == methods


def test_what_is_not_there_is_a_problem(api: Client) -> None:
    assert_problem(call(api, "GET", "/nothing"), 404)
