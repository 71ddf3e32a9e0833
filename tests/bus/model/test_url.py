import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.model.url import MAX_URL_CHARACTERS, check_url

TRUSTED = frozenset({"127.0.0.1", "::1", "trusted.test"})


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org",
        "https://example.org/",
        "https://example.org:8443/a/b%20c/~d;e=1,2@x",
        "HTTPS://EXAMPLE.ORG/A",
        "https://[2001:4860::1]:443/x",
        "https://xn--bcher-kva.example/",
        "https://example.org/a#b?c",
        "http://127.0.0.1:8001/x",
        "http://[::1]/x",
        "http://Trusted.Test/x",
        "https://example.org/" + "a" * (MAX_URL_CHARACTERS - 20),
    ],
)
def test_an_absolute_url_without_query_is_fine(url: str) -> None:
    check_url(url, TRUSTED)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/a",
        "example.org/a",
        "//example.org/a",
        "https://",
        "https:///a",
        "https:/example.org",
        "https://example.org?",
        "https://example.org/a?b=c",
        "http://example.org/a",
        "ftp://example.org/a",
        "javascript:alert(1)",
        "https://example.org:99999/",
        "https://example.org:x/",
        "https://exa mple.org/",
        "https://example.org/a b",
        "https://example.org/a\n",
        "https://example.org/\\a",
        'https://example.org/"a',
        "https://example.org/<a>",
        "https://bücher.example/",
        "https://example.org/ü",
        "https://example.org/" + "a" * (MAX_URL_CHARACTERS - 19),
    ],
)
def test_anything_else_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="the URL"):
        check_url(url, TRUSTED)


@pytest.mark.parametrize("value", [None, 1, True, [], {}, ["https://example.org"], 1.5])
def test_what_is_no_string_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="string"):
        check_url(value, TRUSTED)


def test_user_information_is_seen_and_not_repeated_by_the_repr() -> None:
    checked = check_url("https://user:secret@example.org/", TRUSTED)
    assert checked.has_userinfo
    assert checked.host == "example.org"
    assert "secret" not in repr(checked)


@given(st.text(max_size=60).map("https://example.org/".__add__))
def test_a_url_that_passes_needs_no_escaping_in_json(url: str) -> None:
    try:
        check_url(url, ())
    except ValueError:
        return
    assert json.dumps(url) == f'"{url}"'
