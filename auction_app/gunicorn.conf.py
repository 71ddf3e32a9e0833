"""How gunicorn runs the web app; `-b` on the command line says where it listens."""  # noqa: N999 - gunicorn's own name for it

worker_class = "gthread"
workers = 2
# A page waits for the disk, a placed bid for bids_service: many threads, cheap waiting.
threads = 16
keepalive = 30
graceful_timeout = 4
# Its default path is one per user, so that a second service would refuse to start.
control_socket_disable = True


def on_starting(_server: object) -> None:
    """Refuse bad settings in the master, before any worker: clear lines and no traceback."""
    from service_kit.config import or_exit

    from auction_app.config import read

    or_exit(read)
