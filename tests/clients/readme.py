"""The Python examples of a README, as one program."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def examples(*path: str) -> str:
    """The ```python blocks of a file of this repository, joined."""
    blocks = re.findall(r"```python\n(.*?)```", ROOT.joinpath(*path).read_text(), re.DOTALL)
    assert blocks, "no example found"
    return "\n".join(blocks)
