"""Stripe's SDK over the kit's HTTP client: deadlines, a cap on answers, no redirects, one host."""

import json
from collections.abc import Mapping
from typing import Any

import stripe
from service_kit.errors import HttpFailure, UnexpectedStatus
from service_kit.http import HttpClient

_TOTAL_S = 5.0


class StripeWire(stripe.HTTPClient):
    """What the SDK sends by. Blocks for at most 5 s a call; `http` replaces the client."""

    name = "service_kit"

    def __init__(self, provider_url: str, http: HttpClient | None = None) -> None:
        super().__init__()
        self._http = http or HttpClient(
            {provider_url: None}, connect_s=2, read_s=4, total_s=_TOTAL_S
        )

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        **_: Any,
    ) -> tuple[str, int, Mapping[str, str]]:
        """Any status is an answer; raises APIConnectionError when there is none."""
        data = post_data.encode() if isinstance(post_data, str) else post_data
        try:
            answer = self._http.send(method.upper(), url, data=data, headers=headers)
        except UnexpectedStatus as refusal:
            return json.dumps(refusal.problem), refusal.status, {}
        except HttpFailure as error:
            raise stripe.APIConnectionError(str(error)) from error  # type: ignore[no-untyped-call]
        return answer.body.decode("utf-8", "replace"), answer.status, answer.headers

    def close(self) -> None:
        """Close the pooled connections."""
        self._http.close()
