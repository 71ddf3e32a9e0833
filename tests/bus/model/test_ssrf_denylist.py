import pytest

from bus.model.ssrf_denylist import refusal


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "93.184.216.34", "172.15.0.1", "172.32.0.1", "100.63.0.1", "100.128.0.1"]
)
def test_public_ipv4_is_fine(address: str) -> None:
    assert refusal(address) is None


@pytest.mark.parametrize("address", ["2001:4860:4860::8888", "2606:4700::1111", "2a00:1450::1"])
def test_public_ipv6_is_fine(address: str) -> None:
    assert refusal(address) is None


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("127.0.0.1", "loopback"),
        ("127.255.255.254", "loopback"),
        ("::1", "loopback"),
        ("10.1.2.3", "private"),
        ("172.16.0.1", "private"),
        ("172.31.255.255", "private"),
        ("192.168.0.1", "private"),
        ("169.254.169.254", "link-local"),
        ("fe80::1", "link-local"),
        ("fe80::1%eth0", "link-local"),
        ("100.64.0.1", "carrier-grade NAT"),
        ("100.127.255.255", "carrier-grade NAT"),
        ("fc00::1", "unique local"),
        ("fd00:ec2::254", "unique local"),
        ("fec0::1", "site-local"),
        ("0.0.0.0", "this network"),
        ("0.1.2.3", "this network"),
        ("::", "unspecified"),
        ("255.255.255.255", "reserved"),
        ("240.0.0.1", "reserved"),
        ("224.0.0.1", "multicast"),
        ("ff02::1", "multicast"),
        ("192.0.2.1", "documentation"),
        ("2001:db8::1", "documentation"),
        ("198.18.0.1", "benchmarking"),
        ("::ffff:127.0.0.1", "IPv4-mapped"),
        ("::ffff:8.8.8.8", "IPv4-mapped"),
        ("::127.0.0.1", "IPv4-compatible"),
        ("64:ff9b::7f00:1", "translated"),
        ("64:ff9b::808:808", "translated"),
        ("64:ff9b:1::a00:1", "translated"),
        ("2002:7f00:1::", "translated"),
        ("2002:808:808::1", "translated"),
        ("2001::1", "protocol assignment"),
        ("4000::1", "not global unicast"),
    ],
)
def test_the_rest_is_refused(address: str, word: str) -> None:
    assert refusal(address) == word


def test_a_name_is_not_an_address() -> None:
    with pytest.raises(ValueError, match="example"):
        refusal("example.org")
