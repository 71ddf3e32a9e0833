"""Distributions as others get them: built, and installed by pip into an empty environment."""

import json
import os
import subprocess
import sys
import tarfile
import venv
from collections.abc import Mapping
from pathlib import Path

from tests.clients.readme import ROOT

_QUIETLY = ("--quiet", "--disable-pip-version-check")
_BUILD = "import sys, hatchling.build as b; print(getattr(b, sys.argv[1])(sys.argv[2]))"


HOME = "https://code.example/gavel"


def built(folder: Path, source: str) -> Path:
    """The wheel of a distribution of this repository, built from its sdist, in `folder`, by who
    has its home at HOME."""
    sdist = _built("sdist", ROOT / source, folder, PROJECT_URL=HOME)
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    return _built("wheel", folder / sdist.name.removesuffix(".tar.gz"), folder)


def _built(kind: str, source: Path, folder: Path, **settings: str) -> Path:
    told = subprocess.run(
        [sys.executable, "-c", _BUILD, f"build_{kind}", folder],
        cwd=source,
        env=dict(os.environ) | settings,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        timeout=120,
    )
    return folder / told.stdout.strip()


class Environment:
    """An empty one, into which pip installed these."""

    def __init__(self, folder: Path, *requirements: str) -> None:
        venv.create(folder)  # without a pip of its own, which takes as long as what it installs
        self._folder = folder
        path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
        self.clean = {"PATH": path, "HOME": os.environ["HOME"]}
        """What a shell has in which only this environment was put on the path."""
        self.install(*requirements)

    def install(self, *requirements: str) -> None:
        """By pip, with what they need."""
        python = self._folder / "bin" / "python"
        subprocess.run(
            [sys.executable, "-m", "pip", "--python", python, "install", *_QUIETLY, *requirements],
            cwd=self._folder,
            env=self.clean,
            check=True,
            timeout=300,
        )

    def run(
        self,
        program: str,
        names: Mapping[str, object] | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> str:
        """What a program that knows these names prints."""
        given = f"import json; globals().update(json.loads({json.dumps(names or {})!r}))\n"
        done = self._python(["-c", given + program], settings or {})
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _python(
        self, arguments: list[str], settings: Mapping[str, str]
    ) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [self._folder / "bin" / "python", *arguments],
            cwd=self._folder,
            env={**self.clean, **settings},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
