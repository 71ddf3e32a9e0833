# ruff: noqa: N999 - the name is gunicorn's
"""How gunicorn runs the mailer: threads, because a delivery waits for the disk."""

worker_class = "gthread"
workers = 1
threads = 8
timeout = 30
graceful_timeout = 5
keepalive = 30
control_socket_disable = True
