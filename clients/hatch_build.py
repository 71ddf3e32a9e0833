"""Builds what a distribution needs of the service kit into its wheel, from the kit's one source.

It asks no index for `service-kit`: that name is nobody's there. The wheel holds the modules that
its package imports, those that they import and the files that they read, as `PACKAGE._kit`; an
sdist brings the kit's source along. In the repository, and installed with `-e`, all use the kit
itself. Of the clients and of `deploy/gavel-bus`.

Where the project is at home, only whoever publishes it knows: `PROJECT_URL=https://…` in the
environment of a build puts its links into the metadata, and a wheel that is built from the sdist
keeps them. Without it there are none, rather than some that lead nowhere.
"""

import os
import re
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

_KIT = "service_kit"
_IN_SDIST = "kit"
_HERE = Path(__file__).resolve().parent  # the clients, where a link led here
_IMPORT = re.compile(
    rf"^(\s*(?:from|import)\s+){_KIT}\b(?:\.([\w.]+))?(\s+import\s+(?:\(([^)]*)\)|(.*)))?",
    re.MULTILINE,
)
_BESIDE = re.compile(r'Path\(__file__\)\.with_name\("([\w.]+)"\)')
_NO_SOURCE = {".pyc", ".pyo"}


class CustomMetadataHook(MetadataHookInterface):  # type: ignore[misc]
    """`[tool.hatch.metadata.hooks.custom]` of each distribution."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Say where to find the project. Raises ValueError for what is no place."""
        home = os.environ.get("PROJECT_URL", "").rstrip("/")
        if home and not home.startswith("https://"):
            raise ValueError(f"PROJECT_URL: {home} is not https://…")
        metadata.setdefault("urls", _urls(home, metadata["name"]) if home else {})


def _urls(home: str, name: str) -> dict[str, str]:
    folder = f"deploy/{name}" if name == "gavel-bus" else f"clients/{name}"
    return {
        "Homepage": home,
        "Documentation": f"{home}/blob/HEAD/docs/index.md",
        "Changelog": f"{home}/blob/HEAD/{folder}/CHANGELOG.md",
        "Issues": f"{home}/issues",
    }


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg,misc]
    """`[tool.hatch.build.hooks.custom]` of each distribution."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Say what goes into the sdist or the wheel beside what hatch finds."""
        if self.target_name == "sdist":
            build_data["force_include"][str(self._kit())] = f"{_IN_SDIST}/{_KIT}"
            name = Path(__file__).name
            build_data["force_include"].pop(str(Path(self.root, name)), None)  # a link
            build_data["force_include"][str(Path(__file__).resolve())] = name
        elif version != "editable":
            self._fill_wheel(build_data["force_include"])

    def finalize(self, _version: str, _data: dict[str, Any], _artifact: str) -> None:
        """Leave nothing behind."""
        if hasattr(self, "_built"):
            self._built.cleanup()

    def _fill_wheel(self, included: dict[str, str]) -> None:
        (source,) = Path(self.root, "src").iterdir()
        self._built = TemporaryDirectory()
        built = Path(self._built.name)
        package = source.name
        for file in source.rglob("*"):
            if file.is_file() and file.suffix not in _NO_SOURCE:
                self._add(file, built, f"{package}/{file.relative_to(source)}", package, included)
        for name in sorted(_needed(source, self._kit())):
            self._add(self._kit() / name, built, f"{package}/_kit/{name}", package, included)

    def _add(
        self, file: Path, built: Path, name: str, package: str, included: dict[str, str]
    ) -> None:
        target = built / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if file.suffix == ".py":
            text = _IMPORT.sub(lambda found: _moved(found, package), file.read_text())
            target.write_text(text)
        else:
            target.write_bytes(file.read_bytes())
        included[str(target)] = name

    def _kit(self) -> Path:
        brought = Path(self.root, _IN_SDIST, _KIT)
        return brought if brought.is_dir() else _HERE / "service-kit" / "src" / _KIT


def _moved(found: re.Match[str], package: str) -> str:
    return found[0].replace(f"{found[1]}{_KIT}", f"{found[1]}{package}._kit", 1)


def _needed(package: Path, kit: Path) -> set[str]:
    """The kit's modules that a package needs, as files relative to the kit."""
    needed: set[str] = set()
    left = list(package.rglob("*.py"))
    while left:
        file = left.pop()
        text = file.read_text() if file.suffix == ".py" else ""
        beside = _read_by(text, file, kit) if kit in file.parents else set()
        for name in (_imported(text, kit) | beside) - needed:
            needed.add(name)
            left.append(kit / name)
    return needed


def _read_by(text: str, file: Path, kit: Path) -> set[str]:
    """The files that a module finds beside itself by name: one, or a folder of them."""
    found: set[str] = set()
    for name in _BESIDE.findall(text):
        place = file.with_name(name)
        some = [place] if place.is_file() else place.rglob("*")
        found |= {
            one.relative_to(kit).as_posix()
            for one in some
            if one.is_file() and one.suffix not in _NO_SOURCE
        }
    return found


def _imported(text: str, kit: Path) -> set[str]:
    found: set[str] = set()
    for match in _IMPORT.finditer(text):
        path = (match[2] or "").split(".") if match[2] else []
        names = re.findall(r"\w+", re.sub(r" as \w+", "", match[4] or match[5] or ""))
        for parts in [path, *([*path, name] for name in names)]:
            found |= set(_files(parts, kit))
    return found


def _files(parts: list[str], kit: Path) -> Iterable[str]:
    """The files of a module and of the packages that it is in, as far as there are such."""
    for length in range(len(parts) + 1):
        stem = "/".join(parts[:length])
        for name in (f"{stem}/__init__.py".lstrip("/"), f"{stem}.py"):
            if stem + name != ".py" and (kit / name).is_file():
                yield name
