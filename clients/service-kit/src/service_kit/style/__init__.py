"""What the pages of all services look like: stylesheet, mark and Pico, served by each of them."""

import os
from pathlib import Path

from flask import Blueprint, Flask, Response, current_app, send_from_directory
from werkzeug.security import safe_join

_SHARED = Path(__file__).with_name("static")


def add_static(pages: Flask | Blueprint, own: Path) -> None:
    """Serve at `static/`, as the endpoint `static`, what is in the folder `own`, and beside it what
    all services share. `pages` has no static folder of its own."""

    def static(filename: str) -> Response:
        return _send((own, _SHARED), filename)

    pages.add_url_rule("/static/<path:filename>", "static", static, methods=["GET"])


def _send(folders: tuple[Path, ...], filename: str) -> Response:
    folder = next((each for each in folders if _has(each, filename)), folders[-1])
    max_age_s = current_app.get_send_file_max_age(filename)
    return send_from_directory(folder, filename, max_age=max_age_s)


def _has(folder: Path, filename: str) -> bool:
    path = safe_join(str(folder), filename)
    return path is not None and os.path.isfile(path)  # no error for a name that can be no file's
