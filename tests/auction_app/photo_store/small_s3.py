"""As much of S3's API as photos need, in this process: it believes whoever signs."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

BUCKET = "photos"
_MISSING = b"<Error><Code>NoSuchKey</Code></Error>"
_COPIED = b"<CopyObjectResult><ETag>&quot;1&quot;</ETag></CopyObjectResult>"


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    objects: dict[str, bytes]

    def do_PUT(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        source = self.headers.get("x-amz-copy-source")
        if source is not None:
            content = self.objects.get("/" + unquote(source).lstrip("/"), b"")
        if not self._path.startswith(f"/{BUCKET}/") or not self._is_signed or not content:
            self._say(404, _MISSING)
            return
        self.objects[self._path] = content
        self._say(200, b"" if source is None else _COPIED)

    def do_GET(self) -> None:
        content = self.objects.get(self._path)
        self._say(404, _MISSING) if content is None else self._say(200, content)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        """DeleteObjects: minds nothing that isn't there."""
        asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
        keys = re.findall("<Key>(.*?)</Key>", asked)
        for key in keys:
            self.objects.pop(f"/{BUCKET}/{key}", None)
        deleted = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
        self._say(200, f"<DeleteResult>{deleted}</DeleteResult>".encode())

    @property
    def _path(self) -> str:
        return unquote(urlsplit(self.path).path)

    @property
    def _is_signed(self) -> bool:
        return self.headers.get("Authorization", "").startswith("AWS4-HMAC-SHA256 Credential=ID/")

    def _say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("ETag", '"1"')
        self.send_header("Last-Modified", "Sun, 01 Nov 2026 00:00:00 GMT")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def small_s3() -> Iterator[str]:
    """HOST:PORT of a server with one bucket, `photos`, for who signs as `ID`."""
    answer = type("Answer", (_Answer,), {"objects": {}})
    with ThreadingHTTPServer(("127.0.0.1", 0), answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
