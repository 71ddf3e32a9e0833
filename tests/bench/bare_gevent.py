"""The yardstick of live streams: a gevent loop that writes one frame to all its sockets.

`python -m tests.bench.bare_gevent PORT FRAME_FILE`: a connection that sends "join" stays and gets
the frame whenever one sends "go!!".
"""

import sys
from pathlib import Path

from gevent import socket
from gevent.server import StreamServer


def main(port: int, frame: bytes) -> None:
    """Serve for ever."""
    joined: list[socket.socket] = []

    def serve(connection: socket.socket, _address: object) -> None:
        asked = connection.recv(4)
        if asked == b"go!!":
            for one in joined:
                one.sendall(frame)
        elif asked == b"join":
            joined.append(connection)
            connection.sendall(b"joined\n\n")
            connection.recv(1)

    StreamServer(("127.0.0.1", port), serve, backlog=4096).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]).read_bytes())
