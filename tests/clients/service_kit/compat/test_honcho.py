"""The canary of service_kit/compat/honcho.py."""

import subprocess
import sys

PROGRAM = """
from honcho.manager import Manager
from service_kit.compat.honcho import stopped

class Printer:
    width = 0
    def write(self, message):
        if name := stopped(message):
            print(name)

manager = Manager(Printer())
manager.add_process("early", "exit 3")
manager.loop()
print(manager.returncode)
"""


def test_who_stopped_is_told_by_honchos_manager() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout == "early\n3\n", (
        "honcho's manager no longer tells its printer who stopped in the words that"
        f" service_kit/compat/honcho.py looks for; `make run` can't say who ended first. {done}"
    )
