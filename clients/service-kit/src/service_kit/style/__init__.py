"""What the pages of all services look like: stylesheet, mark and Pico, served by each of them."""

import gzip
import hashlib
import os
import re
from functools import lru_cache
from mimetypes import guess_type
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, current_app, request, send_from_directory
from werkzeug.security import safe_join

_SHARED = Path(__file__).with_name("static")
_STAMP = re.compile(r"\.([0-9a-f]{12})(?=\.[^./]+$)")
_YEAR = "public, max-age=31536000, immutable"
_PACKED = (".css", ".js", ".svg")


def add_static(pages: Flask | Blueprint, own: Path) -> None:
    """Serve at `static/`, as the endpoint `static`, what is in the folder `own`, and beside it what
    all services share. `pages` has no static folder of its own.

    `url_for` puts a digest of the file into its name, so that browsers may keep it for a year;
    without one, or with that of another version, the file is asked for anew each time.
    """
    folders = (own, _SHARED)

    def static(filename: str) -> Response:
        return _send(folders, filename)

    def stamp(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint.rpartition(".")[2] == "static" and "filename" in values:
            values["filename"] = _stamped(folders, values["filename"])

    pages.add_url_rule("/static/<path:filename>", "static", static, methods=["GET"])
    pages.url_defaults(stamp)


def _stamped(folders: tuple[Path, ...], filename: str) -> str:
    path = _path(folders, filename)
    if path is None:
        return filename
    stem, dot, ending = filename.rpartition(".")
    return f"{stem}.{_digest(path, os.stat(path).st_mtime_ns)}{dot}{ending}"


def _send(folders: tuple[Path, ...], filename: str) -> Response:
    stamp = _STAMP.search(filename)
    plain = _STAMP.sub("", filename)
    path = _path(folders, plain)
    if path is None:
        return send_from_directory(folders[-1], plain)
    digest = _digest(path, os.stat(path).st_mtime_ns)
    answer = _packed_file(path, digest) if plain.endswith(_PACKED) else None
    if answer is None:
        max_age_s = current_app.get_send_file_max_age(plain)
        answer = send_from_directory(*os.path.split(path), max_age=max_age_s, etag=digest)
    if plain.endswith(_PACKED):
        answer.vary.add("Accept-Encoding")
    if stamp is not None and stamp[1] == digest:
        answer.headers["Cache-Control"] = _YEAR
    return answer


def _packed_file(path: str, digest: str) -> Response | None:
    """The file as gzip; None for who does not take that."""
    if not request.accept_encodings["gzip"]:
        return None
    answer = current_app.response_class(_packed(path, digest), mimetype=guess_type(path)[0])
    answer.headers["Content-Encoding"] = "gzip"
    answer.set_etag(f"{digest}-gzip")
    max_age_s = current_app.get_send_file_max_age(path)
    answer.cache_control.max_age = max_age_s
    answer.cache_control.public = max_age_s is not None
    answer.cache_control.no_cache = None if max_age_s is not None else True
    answer.make_conditional(request)
    return answer


@lru_cache
def _packed(path: str, _digest: str) -> bytes:
    return gzip.compress(Path(path).read_bytes(), mtime=0)


@lru_cache
def _digest(path: str, _modified_ns: int) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]


def _path(folders: tuple[Path, ...], filename: str) -> str | None:
    """Where the file is; None, and no error, for a name that can be no file's."""
    found = (safe_join(str(folder), filename) for folder in folders)
    return next((path for path in found if path and os.path.isfile(path)), None)
