"""A receiver with nothing but Python's standard library: PORT=9100 python receiver.py"""

import base64
import hmac
import json
import os
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = base64.b64decode(os.environ["WEBHOOK_SECRET"].removeprefix("whsec_"))
known = set()  # yours is a table with a unique index


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(min(length, 1024 * 1024))
        if not is_signed(self.headers, body):
            return self.answer(401)
        for event in json.loads(body):
            once = (event["id"], self.headers["bus-replay"])
            if once not in known:
                print(event["type"], event["url"], flush=True)  # fetch it, and act
                known.add(once)
        self.answer(204)

    def answer(self, status):
        self.send_response(status)
        self.end_headers()


def is_signed(headers, body):
    at = headers.get("webhook-timestamp", "")
    if not at.isdecimal() or abs(time.time() - int(at)) > 300:
        return False
    signed = f"{headers.get('webhook-id')}.{at}.".encode() + body
    ours = b"v1," + base64.b64encode(hmac.digest(KEY, signed, "sha256"))
    theirs = headers.get("webhook-signature", "").encode().split()
    return any([hmac.compare_digest(ours, one) for one in theirs])


ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Receiver).serve_forever()
