"""`python -m auction_app.selling.photo_child`: make a photo of what stands on stdin, within bounds.

A process of its own, because what a decoder does with a file that somebody has made for it is known
only afterwards: how long it takes, how much memory, and whether it comes back at all.
"""

import json
import resource
import sys

from auction_app.errors import PhotoRefused
from auction_app.selling.take_photo import take_photo

CPU_S = 10
"""The largest photo we take needs a fifth of it."""
MEMORY_BYTES = 1024 * 1024 * 1024
"""Of address space. A WebP of 40 million pixels needs two thirds of it."""
FILE_BYTES = 64 * 1024 * 1024


def main() -> None:
    """Write one line of JSON to stdout, and after it the files that it names with their lengths."""
    _set_bounds()
    try:
        size, files = take_photo(sys.stdin.buffer.read())
    except PhotoRefused as error:
        _answer({"refused": error.reason}, [])
    except MemoryError:
        _answer({"refused": "too_costly"}, [])
    else:
        lengths = {str(side): len(content) for side, content in files.items()}
        _answer({"size": size, "files": lengths}, list(files.values()))


def _set_bounds() -> None:
    for bound, value in (
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(bound, (value, value))


def _answer(head: dict[str, object], files: list[bytes]) -> None:
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + b"".join(files))


if __name__ == "__main__":
    main()
