"""How large `make run` is while nothing happens."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.demo_pictures import hang_pictures
from tests.procfile import ROOT
from tests.sockets import free_base
from tests.system.sizes import Size, size_below
from tests.waiting import wait_for

_MAKES = {"ARGS", "MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES"}
_SETTLES_S = 5.0
_WITHIN_S = 120.0


def idle_size(stage: str) -> Size:
    """Of make, the runner and everything that it has started in a stage, demo included; blocks."""
    with TemporaryDirectory(prefix="gavel-idle-") as folder:
        var = Path(folder) / "var"
        settings = {"STAGE": stage, "VAR_DIR": str(var), "PORT_BASE": str(free_base(range(26)))}
        said = Path(folder) / "said"
        hang_pictures(var / "photos")
        with said.open("wb") as output:
            run = subprocess.Popen(
                ["make", "run"],
                cwd=ROOT,
                env=_without_make(os.environ) | settings,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            wait_for(lambda: "Ready." in said.read_text(), seconds=_WITHIN_S, what="make run")
            time.sleep(_SETTLES_S)
            return size_below(run.pid)
        finally:
            os.killpg(run.pid, signal.SIGTERM)
            run.wait(30)


def _without_make(environ: Mapping[str, str]) -> dict[str, str]:
    """What `make journey` was called with is not what `make run` is called with."""
    return {name: value for name, value in environ.items() if name not in _MAKES}
