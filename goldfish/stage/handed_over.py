"""Files that a stage hands over besides its declared outputs."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING

from goldfish.stage import files
from goldfish.stage.order import current

if TYPE_CHECKING:
    from pathlib import Path

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-/:]{0,255}")


def log_artifact(name: str, path: str | Path) -> None:
    """Keep a copy of a file or directory under a name, as it is now. The last copy under a name counts.

    Raises `ValueError` for an unusable name or a path that does not exist.
    """
    order = current()
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError(f"{name!r:.80} is no usable artifact name. Use up to 256 letters, digits and _ . - / :")
    if not os.path.exists(path):
        raise ValueError(f"the artifact {name!r} cannot be kept: {path} does not exist.")
    directory = order.path("artifacts")
    os.makedirs(directory, exist_ok=True)
    file = os.urandom(8).hex()
    files.copy(str(path), os.path.join(directory, file))
    entry = {"name": name, "file": file, "type": "directory" if os.path.isdir(path) else "file"}
    with open(os.path.join(directory, "index.jsonl"), "ab", buffering=0) as index:
        index.write(json.dumps(entry).encode() + b"\n")  # one write, so that lines of several processes do not mix
