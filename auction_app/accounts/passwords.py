"""Passwords, kept as argon2id hashes."""

import os
import secrets
import sys
import threading
import unicodedata
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION
from service_kit.bulkhead import Bulkhead

_AT_ONCE = 2
_NICENESS = 10


class Passwords:
    """Hashes and compares; slow on purpose, and hungry: each takes 64 MiB, so few do it at once, in
    threads that let others have the processor first.

    `hasher` sets the cost. Both raise Busy when too many want to.
    """

    def __init__(
        self, hasher: PasswordHasher | None = None, bulkhead: Bulkhead | None = None
    ) -> None:
        self._hasher = hasher or PasswordHasher()
        self._bulkhead = bulkhead or Bulkhead(at_once=_AT_ONCE, waiting=4, wait_s=3)
        self._threads = ThreadPoolExecutor(_AT_ONCE, "password", _let_others_go_first)
        self._of_nobody = _of_nobody(self._hasher)

    def hash(self, password: str) -> str:
        """The hash to store."""
        with self._bulkhead:
            return self._threads.submit(self._hasher.hash, _normal(password)).result()

    def match(self, password: str, stored: str | None) -> bool:
        """Whether it is the password; takes as long when there is no stored hash (None)."""
        try:
            with self._bulkhead:
                asked = (stored or self._of_nobody, _normal(password))
                self._threads.submit(self._hasher.verify, *asked).result()
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None

    def outdated(self, stored: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(stored)


def _let_others_go_first() -> None:
    if sys.platform == "linux":  # elsewhere it is the whole process's
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)


def _of_nobody(hasher: PasswordHasher) -> str:
    """A hash of the same cost that nobody knows a password of; to hash one would take each process
    a part of a second at its start (the form: password-hashing/phc-string-format)."""
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    salt, drawn = (
        b64encode(secrets.token_bytes(length)).decode().rstrip("=")
        for length in (hasher.salt_len, hasher.hash_len)
    )
    return f"$argon2id$v={ARGON2_VERSION}${cost}${salt}${drawn}"


def _normal(password: str) -> str:
    # The same keys give other code points on other machines (NIST SP 800-63B 5.1.1.2).
    return unicodedata.normalize("NFKC", password)
