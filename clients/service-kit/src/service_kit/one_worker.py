"""`python -m service_kit.one_worker`: gunicorn, by its own options, as one process.

For a web process that has one worker, and that somebody starts again when it ends: a master beside
it would be a second process that does nothing else.
"""

from service_kit.web_concurrency import forget_web_concurrency


def main() -> None:
    """Serve until SIGTERM; blocks."""
    forget_web_concurrency()
    from service_kit.compat.gunicorn_alone import AloneApplication

    AloneApplication("%(prog)s [OPTIONS] [APP_MODULE]", prog="service_kit.one_worker").run()


if __name__ == "__main__":
    main()
