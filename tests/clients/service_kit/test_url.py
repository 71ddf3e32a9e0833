import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from service_kit.url import (
    PLAIN_URL,
    are_entity_urls,
    base_url,
    check_entity_url,
    check_url,
    trusted_host,
)

TRUSTED = frozenset({"127.0.0.1", "::1", "trusted.test"})

TAKEN = [
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
    "https://example.org/" + "a" * 1004,
    "https://Example.com/",
    "hTTps://example.org./a",
    "https://example.org:1/",
    "https://example.org:65535/",
    "https://my_host/a",
    "https://a-b.c-d/%C3%BC/..;/.",
]
REFUSED = [
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
    "https://example.org/" + "a" * 1005,
    "https://example.org:0/",
    "https://example.org:00/",
    "https://example.org:65536/",
    "https://example.org:/",
    "https://example.org:-1/",
    "https://user@example.org/",
    "https://user:secret@example.org/",
    "https://@example.org/",
    "https://a@b@example.org/",
    "https://./",
    "https://../a",
    "https://a..b/",
    "https://.example.org/",
    "https://example.org../",
    "https://ex%61mple.org/",
    "https://%00/",
    "https://a$b/",
    "https://" + "a" * 64 + "/",
    "https://example.org/%",
    "https://example.org/%2",
    "https://example.org/%zz",
    "https://example.org/#a#b",
    "https://example.org/#<",
    "https://[::1",
    "https://::1/",
    "https://[v1.a]/",
    "https://[fe80::1%25eth0]/",
    "https://example.org\\@a/",
    "https://example.org/\x00",
    "https://example.org/\x7f",
    "https://example.org/\u2028",
    "https://example.org/\ud800",
    "https://example。org/",
    " https://example.org/",
    "https:example.org",
    "https//example.org",
]


@pytest.mark.parametrize("url", TAKEN)
def test_an_absolute_url_without_query_is_fine(url: str) -> None:
    check_entity_url(url, TRUSTED)


@pytest.mark.parametrize("url", REFUSED)
def test_anything_else_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="the URL"):
        check_entity_url(url, TRUSTED)


@pytest.mark.parametrize("url", TAKEN)
def test_who_reads_many_at_once_takes_what_the_publisher_may_say(url: str) -> None:
    assert are_entity_urls([url])
    assert are_entity_urls(["https://a.example/1", url, url])


@pytest.mark.parametrize("url", [url for url in REFUSED if url != "http://example.org/a"])
def test_who_reads_many_at_once_refuses_what_the_publisher_may_not_say(url: str) -> None:
    assert not are_entity_urls([url])
    assert not are_entity_urls(["https://a.example/1", url, "https://a.example/2"])


def test_two_urls_in_one_string_are_none() -> None:
    assert not are_entity_urls(["https://a.example/1\nhttps://a.example/2"])
    assert are_entity_urls([])


@given(st.from_regex(PLAIN_URL))
def test_every_plain_url_keeps_the_rule(url: str) -> None:
    check_entity_url(url[:1024], ())


@given(st.text(max_size=60))
def test_reading_many_and_checking_one_agree(rest: str) -> None:
    url = f"https://a{rest}"
    try:
        check_entity_url(url, ())
    except ValueError:
        assert not are_entity_urls([url])
    else:
        assert are_entity_urls([url])


@pytest.mark.parametrize(
    ("url", "trusted", "is_taken"),
    [
        ("http://bus.internal:8080/x", "bus.internal", True),
        ("http://bus.internal:8080/x", "bus.internal:8080", True),
        ("http://BUS.internal.:8080/x", "bus.internal:8080", True),
        ("http://bus.internal/x", "bus.internal:80", True),
        ("http://bus.internal:8081/x", "bus.internal:8080", False),
        ("http://bus.internal/x", "bus.internal:8080", False),
        ("http://[::1]:8080/x", "[::1]:8080", True),
        ("http://[::1]:8081/x", "[::1]:8080", False),
        ("http://[::1]:8081/x", "::1", True),
    ],
)
def test_a_host_is_trusted_for_all_its_ports_or_for_one(
    url: str, trusted: str, is_taken: bool
) -> None:
    if is_taken:
        assert check_url(url, {trusted}).is_trusted
    else:
        with pytest.raises(ValueError, match="not https"):
            check_url(url, {trusted})


@pytest.mark.parametrize(
    ("text", "trusted"),
    [
        ("Bus.Internal", "bus.internal"),
        ("bus.internal.", "bus.internal"),
        ("bus.internal:8080", "bus.internal:8080"),
        ("::1", "::1"),
        ("[::1]", "::1"),
        ("[::1]:8080", "[::1]:8080"),
        ("127.0.0.1", "127.0.0.1"),
    ],
)
def test_a_trusted_host_may_have_a_port(text: str, trusted: str) -> None:
    assert trusted_host(text) == trusted


@pytest.mark.parametrize(
    "text", ["http://a", "a/b", "u@a", "a:0", "a:65536", "a:x", "a:", "*.a", "ä", "", "[::1", "a b"]
)
def test_what_names_no_host_is_not_trusted(text: str) -> None:
    with pytest.raises(ValueError, match="must be host names"):
        trusted_host(text)


@pytest.mark.parametrize("text", ["https://a.example", "http://localhost:8001", "https://a/bus"])
def test_a_base_url_is_taken(text: str) -> None:
    assert base_url(text) == text


@pytest.mark.parametrize(
    "text", ["https://a/", "a:80", "https://a?x", "https://a#x", "https://u@a", "https://ä", "x"]
)
def test_what_no_path_can_be_added_to_is_no_base_url(text: str) -> None:
    with pytest.raises(ValueError, match="must"):
        base_url(text)


def test_what_is_not_there_is_called_missing() -> None:
    with pytest.raises(ValueError, match="the URL is missing"):
        check_url(None, TRUSTED)


@pytest.mark.parametrize("value", [1, True, [], {}, ["https://example.org"], 1.5])
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
