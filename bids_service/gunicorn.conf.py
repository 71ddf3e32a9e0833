"""How gunicorn runs the bids service; `-b` on the command line says where it listens."""  # noqa: N999 - gunicorn's own name for it

worker_class = "gthread"
workers = 2
# A bid waits for its auction's lock and for the disk: many threads, cheap waiting.
threads = 32
keepalive = 30
# Its default path is one per user, so that a second service would refuse to start.
control_socket_disable = True
graceful_timeout = 4


def on_starting(_server: object) -> None:
    """Refuse bad settings in the master, before any worker: clear lines and no traceback."""
    from service_kit.config import or_exit

    from bids_service.config import read

    or_exit(read)
