"""How gunicorn runs the mailer: threads, because a delivery waits for the disk."""  # noqa: N999 - gunicorn's own name for it

from service_kit.web_server import *  # noqa: F403 - the names are gunicorn's settings

workers = 1
threads = 8
graceful_timeout = 5
