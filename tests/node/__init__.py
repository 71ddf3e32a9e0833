"""Programs in JavaScript that tests run, where node and the packages of `make node` are."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
MODULES = ROOT / "var" / "node" / "node_modules"
_TIMEOUT_S = 120


def need(package: str) -> None:
    """Skip the test where node or the package is missing."""
    if shutil.which("node") is None:
        pytest.skip("no node on this machine")
    if not (MODULES / package).exists():
        pytest.skip(f"no {package}: `make node` installs it")


def run(script: str, given: Any) -> Any:
    """What a script of this folder writes to stdout, as JSON, when it is given JSON on stdin."""
    command = ["node", str(Path(__file__).parent / script)]
    environment = os.environ | {"NODE_PATH": str(MODULES), "NODE_NO_WARNINGS": "1"}
    done = subprocess.run(
        command,
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_S,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def tool(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command that one of the packages brings, at its end."""
    command = ["node", str((MODULES / ".bin" / name).resolve()), *arguments]
    quiet = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_S,
        check=False,
        cwd=ROOT,
        env=os.environ | quiet,
    )


def lint_openapi(document: Any, folder: Path) -> list[str]:
    """What redocly's recommended rules have against an OpenAPI document, but for warnings."""
    need("@redocly/cli")
    path = folder / "openapi.json"
    path.write_text(json.dumps(document))
    done = tool("redocly", "lint", "--format=json", "--max-problems=1000", str(path))
    assert done.stdout, done.stderr
    problems = json.loads(done.stdout)["problems"]
    return [
        f"{one['message']} {one['location'][0].get('pointer')}"
        for one in problems
        if one["severity"] == "error"
    ]
