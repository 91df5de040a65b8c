"""Checkpoints: files that survive the end of the stage however it comes."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, NamedTuple

from goldfish.stage import encoders, files
from goldfish.stage.order import current

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_SAVED = re.compile(rf"({_NAME.pattern})(?:@([0-9]{{1,19}}))?")


class Checkpoint(NamedTuple):
    """One saved checkpoint."""

    name: str
    step: int | None
    path: Path


def save_checkpoint(name: str, data: Any, step: int | None = None) -> Path:
    """Keep `data` under the name (and step); on disk for good when this returns, or not there at all.

    Takes bytes, text, an array, a Path (file or directory, copied), or what JSON can say. Raises `ValueError` for an
    unusable name or step and `TypeError` for other data. The same name and step again replaces the first.
    """
    path = _path(name, step)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if isinstance(data, Path):
        files.copy(str(data), path, durable=True)
        return Path(path)
    kind = "file" if isinstance(data, str | bytes | bytearray) else "npy" if hasattr(data, "__array__") else "json"
    encode = encoders.for_type(name, kind)
    with files.whole(path, durable=True) as temporary:
        encode(data, temporary)
    return Path(path)


def load_checkpoint(name: str, step: int | None = None) -> Path | None:
    """The checkpoint of that step; without one, of the highest step saved, else the one saved without a step."""
    if step is not None:
        path = Path(_path(name, step))
        return path if path.exists() else None
    saved = [checkpoint for checkpoint in list_checkpoints() if checkpoint.name == name]
    return saved[-1].path if saved else None


def list_checkpoints() -> list[Checkpoint]:
    """All checkpoints, by name and step."""
    directory = Path(current().path("checkpoints"))
    matches = [(_SAVED.fullmatch(path.name), path) for path in directory.glob("*")]
    found = [Checkpoint(m[1], int(m[2]) if m[2] else None, path) for m, path in matches if m]
    return sorted(found, key=lambda c: (c.name, -1 if c.step is None else c.step))


def _path(name: str, step: int | None) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(
            f"{name!r} is no usable checkpoint name. Use up to 64 letters, digits, dots, dashes, underscores."
        )
    if step is not None and (type(step) is not int or not 0 <= step < 10**19):
        raise ValueError(f"the step {step!r} is no number from 0 on.")
    return os.path.join(current().path("checkpoints"), name if step is None else f"{name}@{step}")
