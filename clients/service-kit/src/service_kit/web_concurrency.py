"""What our servers would read of the environment, and must not."""

import os


def forget_web_concurrency() -> None:
    """To be called before gunicorn is imported: there it reads how many workers to start, which
    its settings file says here, and fails for what is no number. Some platforms set it unasked."""
    os.environ.pop("WEB_CONCURRENCY", None)
