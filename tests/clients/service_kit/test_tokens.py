"""Tokens and what is kept of them."""

from service_kit.tokens import digest, new_token


def test_each_token_is_new_and_its_digest_does_not_tell_it() -> None:
    first, second = new_token(), new_token()
    assert first != second
    assert len(first) >= 43
    assert first not in digest(first)


def test_a_digest_is_sha_256_in_hex_whatever_somebody_shows() -> None:
    assert digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert len(digest("half a surrogate pair: \ud800")) == 64
