"""A process that was forked goes on with connections and queues of its own."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

ON_POSTGRESQL = """
import gc, os, sys
from service_kit.database import connect, reading
from sqlalchemy import text

engine = connect(sys.argv[1])

def backend():
    with reading(engine) as connection:
        return connection.execute(text("SELECT pg_backend_pid()")).scalar_one()

before = backend()
if not (child := os.fork()):
    gc.collect()
    os._exit(int(backend() == before))
status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
print("shared" if status else "apart", "kept" if backend() == before else "lost")
"""

# The parent has a thread that waits for the file, which the child has not.
ON_SQLITE = """
import fcntl, os, sys, threading
from service_kit.database import connect, last_write, writing
from sqlalchemy import text

engine = connect(sys.argv[1])

def write_while_somebody_else_does():
    with open(engine.url.database + "-turn", "a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        threading.Timer(0.2, fcntl.flock, (file, fcntl.LOCK_UN)).start()
        with writing(engine, seconds=20) as connection:
            connection.execute(text("CREATE TABLE IF NOT EXISTS it (n INTEGER)"))
            connection.execute(text("INSERT INTO it VALUES (1)"))

write_while_somebody_else_does()
if not (child := os.fork()):
    knows = last_write(engine).passed_lately
    write_while_somebody_else_does()
    os._exit(int(knows))
status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
with writing(engine) as connection:
    print(status, connection.execute(text("SELECT count(*) FROM it")).scalar_one())
"""


def said(program: str, url: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program, url],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.stdout + done.stderr


def test_a_child_and_its_parent_have_connections_apart(postgres_url: str) -> None:
    assert said(ON_POSTGRESQL, postgres_url) == "apart kept\n"


def test_a_child_takes_its_turn_to_write_and_knows_of_no_write_before(tmp_path: object) -> None:
    assert said(ON_SQLITE, f"sqlite:///{tmp_path}/db.sqlite3") == "0 2\n"
