"""What the entrance without a web framework shares: credentials, and refusals."""

import base64
import binascii
import json

from service_kit.hal import MEDIA_TYPE
from service_kit.problems import Problem

from bus.api.problems import TRANSLATIONS
from bus.errors import BusError, NotAuthenticated
from bus.server import Send


def token(authorization: bytes) -> str:
    """The token in plain credentials. Raises NotAuthenticated for any others."""
    scheme, _, value = authorization.partition(b" ")
    try:
        if scheme.lower() == b"bearer" and b"=" not in value:
            return value.strip().decode()
        if scheme.lower() != b"basic":
            raise NotAuthenticated("no plain credentials")
        return base64.b64decode(value).partition(b":")[0].decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise NotAuthenticated("no plain credentials") from error


async def answer(send: Send, body: bytes) -> None:
    """Answer 200 with a HAL document."""
    length = str(len(body)).encode()
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", length)]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def refuse(send: Send, error: BusError) -> None:
    """Answer with the problem document of an error."""
    problem = _problem(error)
    body = json.dumps(problem.document(), separators=(",", ":")).encode()
    headers = {
        "content-type": "application/problem+json",
        "content-length": str(len(body)),
    } | problem.headers
    encoded = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": problem.status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})


def _problem(error: BusError) -> Problem:
    for kind in type(error).__mro__:
        if kind in TRANSLATIONS:
            return TRANSLATIONS[kind](error)
    raise error
