"""Ports that tests start servers on stay free for them."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sockets import free_base, free_port, release


def test_a_port_is_given_once() -> None:
    given = [free_port() for _ in range(200)]
    assert len(set(given)) == len(given)


def test_no_connection_leaves_from_one() -> None:
    leaving = Path("/proc/sys/net/ipv4/ip_local_port_range")
    if not leaving.exists():
        pytest.skip("needs Linux's word on where connections leave from")
    first = int(leaving.read_text().split()[0])
    assert max(free_port() for _ in range(200)) < first
    base = free_base(range(26))
    assert base + 26 <= first
    release(range(base, base + 26))


def test_where_somebody_listens_is_no_base() -> None:
    base = free_base(range(3))
    release(range(base, base + 3))
    with socket.create_server(("127.0.0.1", base + 2)):
        others = [free_base(range(3)) for _ in range(200)]
    assert base not in others
    release(port for other in others for port in range(other, other + 3))


@pytest.mark.slow
def test_another_process_gets_none_of_ours() -> None:
    ours = free_port()
    ask = f"from tests import sockets; print(sockets._reserve({ours}), sockets._reserve({ours}))"
    done = subprocess.run(
        [sys.executable, "-c", ask], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == ["False", "False"]

    release([ours])
    done = subprocess.run(
        [sys.executable, "-c", ask], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == ["True", "False"]
