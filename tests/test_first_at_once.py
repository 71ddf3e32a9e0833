"""What threads decode for the first time at once: msgspec learns of a dataclass at its first use,
and whoever uses it while it is half known ends the process."""

import os
import subprocess
import sys

import pytest

from tests.procfile import ROOT

pytestmark = pytest.mark.slow

TIMES, THREADS = 60, 6
_PROGRAM = """
import os, sys, threading
{imports}
sys.setswitchinterval(1e-6)
died = 0
for _ in range({times}):
    pid = os.fork()
    if pid == 0:
        together = threading.Barrier({threads})
        def first(number):
            together.wait()
            {first}
        threads = [threading.Thread(target=first, args=(it,)) for it in range({threads})]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        os._exit(0)
    died += os.waitpid(pid, 0)[1] != 0
print(died)
"""
TERMS = (
    '{"seller":"s","currency":"USD","start_price":1,"increments":[[0,1]],"starts_at_ms":1,'
    '"ends_at_ms":2,"soft_close":{"window_ms":1,"extension_ms":1}}'
)
USES = {
    "terms": (
        "from contextlib import suppress; from bids_service.storage.rows import terms_from",
        f"with suppress(Exception): terms_from({TERMS!r} + ' ' * number)",
    ),
    **{
        kind: (
            "from mailer_service.storage.decoding import decoded;"
            f" from mailer_service.model.mails import {kind}",
            f"""decoded('{{"other": 1}}', {kind})""",
        )
        for kind in ("Letter", "Notice")
    },
}


@pytest.mark.parametrize("what", USES)
def test_nobody_dies_of_what_is_used_first_by_several(what: str) -> None:
    imports, first = USES[what]
    program = _PROGRAM.format(imports=imports, first=first, times=TIMES, threads=THREADS)

    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert (done.stdout.strip(), done.returncode) == ("0", 0), done.stderr
