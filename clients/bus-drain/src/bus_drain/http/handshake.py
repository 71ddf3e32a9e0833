"""The question whether deliveries are welcome here: CloudEvents' HTTP webhooks, section 4.

https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md#4-abuse-protection
"""

from typing import Any

_ORIGIN = "HTTP_WEBHOOK_REQUEST_ORIGIN"

CONSENT = [
    ("Allow", "POST"),
    ("WebHook-Allowed-Origin", "*"),
    ("WebHook-Allowed-Rate", "*"),
]
"""From anywhere, as often as it likes: the credentials and the signature say who is let in."""


def asks(environ: dict[str, Any]) -> bool:
    """Whether a request is that question."""
    return environ["REQUEST_METHOD"] == "OPTIONS" and bool(environ.get(_ORIGIN))
