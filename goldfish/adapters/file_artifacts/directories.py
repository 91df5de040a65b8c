"""Listing the files of a directory that is to be stored whole: plain files only, and no link is followed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from goldfish.errors import OutputRefused
from goldfish.files import DIRECTORY, Changed, Identity, identity, opened

MOST_FILES = 200_000  # files and directories
MOST_DEPTH = 100

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def list_states(root: int, signal: str) -> dict[str, Identity]:
    """All files below a descriptor by relative path, sorted, and the state each is in.

    Raises `OutputRefused` and `Changed`.
    """
    found: dict[str, Identity] = {}
    for count, (path, state) in enumerate(_visit(root, "", 0, signal)):
        if count >= MOST_FILES:
            raise OutputRefused(signal=signal, why=f"it has more than {MOST_FILES:,} files and directories")
        if state is not None:
            found[path] = state
    return dict(sorted(found.items()))


def _visit(descriptor: int, path: str, depth: int, signal: str) -> Iterator[tuple[str, Identity | None]]:
    if depth > MOST_DEPTH:
        raise OutputRefused(signal=signal, why=f"it is more than {MOST_DEPTH} directories deep")
    below = []
    try:
        with os.scandir(descriptor) as entries:
            for entry in entries:
                relative = path + entry.name
                if _CONTROL.search(entry.name):
                    raise OutputRefused(signal=signal, why=f"the name of {relative!r} is not printable UTF-8")
                if entry.is_dir(follow_symlinks=False):
                    below.append(entry.name)
                elif entry.is_file(follow_symlinks=False):
                    yield relative, identity(entry.stat(follow_symlinks=False))
                else:
                    kind = "a link" if entry.is_symlink() else "a special file"
                    raise OutputRefused(signal=signal, why=f"{relative} is {kind}")
    except FileNotFoundError as error:
        raise Changed(path) from error
    for name in below:
        yield f"{path}{name}/", None
        with opened(name, DIRECTORY, within=descriptor) as child:
            yield from _visit(child, f"{path}{name}/", depth + 1, signal)
