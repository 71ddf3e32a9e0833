"""What an answer means, in plain words."""

import pytest

from bus.diagnosis.answers import meaning


@pytest.mark.parametrize(
    ("status", "error", "said", "do"),
    [
        (302, None, "follows no redirects", "the callback"),
        (400, None, "can't read", "format"),
        (401, None, "refuses the credentials or the signature (401)", "the same secret"),
        (403, None, "refuses the bus (403)", "the same secret"),
        (404, None, "nothing at the callback's path", "Correct the callback"),
        (405, None, "no POST", "Correct the callback"),
        (413, None, "too large", "max"),
        (418, None, "refuses the delivery (418)", "any 2xx"),
        (429, None, "fewer requests", "by itself"),
        (500, None, "broke down over the delivery (500)", "log"),
        (502, None, "A proxy before its endpoint", "Start the endpoint"),
        (599, None, "broke down over the delivery (599)", "log"),
        (200, "the body is packed", "can't be read", "without a body"),
        (200, "2 of 3 events named as failed", "names events as failed", "mend what fails"),
        (None, "Failed to connect to 10.0.0.1 port 9", "Nobody listens", "Start the endpoint"),
        (None, "could not resolve the host's name: it means nothing", "DNS", "host"),
        (None, "the callback leads to a private address", "does not call", "BUS_TRUSTED_HOSTS"),
        (None, "SSL certificate problem: expired", "certificate", "Renew"),
        (None, "SSL routines::wrong version number", "TLS", "https"),
        (None, "Operation timed out after 20000 ms", "20 s", "before it works"),
        (None, "Empty reply from server", "hung up", "log"),
        (None, "odd", "no usable answer", "attempts"),
        (None, None, "no usable answer", "attempts"),
    ],
)
def test_an_answer_is_told_in_plain_words_with_what_to_do(
    status: int | None, error: str | None, said: str, do: str
) -> None:
    found = meaning(status, error)
    assert found
    assert said in found.said
    assert do in found.do


@pytest.mark.parametrize("status", [200, 204, 299])
def test_what_was_taken_means_nothing(status: int) -> None:
    assert meaning(status, None) is None
