"""Callbacks that mean to reach the inside, against a real listener that must never be reached.

Every form is tried both ways a stranger has: it is subscribed with over HTTP, and, since a name
may come to mean another address later, it is dialled by the pusher's sender as it stands.
"""

import pytest
import requests

from bus.delivery.answer import Answer
from tests.bus.hostile.attempts import attempt, sending, took
from tests.bus.hostile.inside import Inside
from tests.bus.serving import Served

ADDRESSES = [
    "127.0.0.1",
    "127.255.255.254",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "198.18.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    # IPv6
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[fe80::1]",
    "[fd00:ec2::254]",
    "[fc00::1]",
    "[fec0::1]",
    "[ff02::1]",
    "[2001:db8::1]",
    # IPv4 inside IPv6: mapped, compatible, translated, 6to4, Teredo, SIIT
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:10.0.0.1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::169.254.169.254]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::1]",
    "[2001:0:7f00:1::]",
    "[::ffff:0:127.0.0.1]",
    "localhost",
    "LOCALHOST",
    "bus.localhost",
]

# 127.0.0.1 and 169.254.169.254 in notations that a resolver understands: names until dialled.
NOTATIONS = [
    "2130706433",
    "0x7f000001",
    "0x7F.0x0.0x0.0x1",
    "017700000001",
    "0177.0.0.01",
    "127.1",
    "127.0.1",
    "0x7f.1",
    "2852039166",
    "0xa9fea9fe",
    "0",
    "%31%32%37.0.0.1",
    "127%2e0%2e0%2e1",
    "127.0.0.1.",
    "localhost.",
    "ip6-localhost",
]

DISGUISES = [
    "https://public.example@127.0.0.1:{}/",
    "https://public.example:443@127.0.0.1:{}/",
    "https://public.example%40@127.0.0.1:{}/",
    "https://127.0.0.1:{}@127.0.0.1:{}/",
    "https://127.0.0.1%00.public.example:{}/",
    "https://[fe80::1%25lo]:{}/",
    "https://[::1%25lo]:{}/",
    "https:/127.0.0.1:{}/",
    "https:127.0.0.1:{}/",
    "//127.0.0.1:{}/",
    "https://127.0.0.1:{}\\@public.example/",
    "https://public.example\\@127.0.0.1:{}/",
    "https://127.0.0.1:{}#@public.example/",
    "https://127.0.0.1:{}?@public.example/",
    "https://①②⑦.⓪.⓪.①:{}/",
    "https://127。0。0。1:{}/",
    "HTTPS://LocalHost:{}/",
    " https://127.0.0.1:{}/",
    "https://127.0.0.1\t:{}/",
    "https://127.0.0.1:{}\r\nHost: x/",
    "http://127.0.0.1:{}/",
    "gopher://127.0.0.1:{}/_x",
    "file://127.0.0.1:{}/etc/passwd",
    "dict://127.0.0.1:{}/x",
    "ftp://127.0.0.1:{}/x",
    "unix://127.0.0.1:{}/run/x.sock",
]

ODD_PORTS = [
    "0",
    "-1",
    "+{}",
    "65536",
    "99999999999",
    "0x50",
    " {}",
    "{} ",
    "{}x",
    "{},80",
    "\uff18",
]


def dial(url: str) -> Answer:
    with sending(trusted=()) as sender:
        return attempt(sender, url)


def subscribe(bus: Served, callback: str) -> int:
    wanted = {"topics": ["bids"], "callback": callback, "uuid": "u-1"}
    answer = requests.post(
        f"{bus.url}/subscription", json=wanted, auth=(bus.token("subscriber"), ""), timeout=10
    )
    return answer.status_code


@pytest.mark.parametrize("host", ADDRESSES + NOTATIONS)
def test_no_way_of_writing_an_inside_address_reaches_it(inside: Inside, host: str) -> None:
    assert not took(dial(f"https://{host}:{inside.port}/"))
    assert not inside.was_reached()


@pytest.mark.parametrize("form", DISGUISES)
def test_no_disguise_of_an_inside_address_reaches_it(inside: Inside, form: str) -> None:
    assert not took(dial(form.replace("{}", str(inside.port))))
    assert not inside.was_reached()


@pytest.mark.parametrize("port", ODD_PORTS)
def test_no_odd_port_is_dialled(inside: Inside, port: str) -> None:
    assert not took(dial(f"https://localhost:{port.format(inside.port)}/"))
    assert not inside.was_reached()


@pytest.mark.parametrize("host", ADDRESSES)
def test_an_inside_address_is_no_callback_in_the_first_place(bus: Served, host: str) -> None:
    assert subscribe(bus, f"https://{host}/events") == 400


@pytest.mark.parametrize("form", DISGUISES)
def test_a_disguise_is_no_callback_in_the_first_place(bus: Served, form: str) -> None:
    assert subscribe(bus, form.replace("{}", "443")) == 400


@pytest.mark.parametrize("port", ODD_PORTS)
def test_an_odd_port_is_no_callback(bus: Served, port: str) -> None:
    assert subscribe(bus, f"https://public.example:{port.format(443)}/events") == 400


@pytest.mark.parametrize("port", ["1", "80", "8443", "65535"])
def test_any_real_port_is_one(bus: Served, port: str) -> None:
    assert subscribe(bus, f"https://public.example:{port}/events") == 204
