"""Which program a command means, and whether it can be run. Nothing goes through a shell."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

_PYTHON = {"python", "python3"}


class NoProgram(ValueError):
    """A command cannot be run; the text says why, and names the file."""


def arguments(command: list[str], code: Path, path: str, python: str) -> list[str]:
    """The command with its program as an absolute path. Raises `NoProgram`.

    `python` and `python3` are the interpreter that runs Python stages. Another name without a slash is looked up on
    `path`; one with a slash is a file, relative to the directory of the code.
    """
    if any("\0" in argument for argument in command):
        raise NoProgram("an argument of its command holds a NUL character")
    name = command[0]
    program = python if name in _PYTHON else _file(name, code) if "/" in name else _on(path, name, code)
    return [program, *command[1:]]


def _file(name: str, code: Path) -> str:
    found = os.path.normpath(os.path.join(code, name))
    try:
        mode = os.stat(found).st_mode
    except (OSError, ValueError):
        raise NoProgram(f"there is no program {name} in the files of the version") from None
    if not stat.S_ISREG(mode):
        raise NoProgram(f"{name} is no file")
    if not os.access(found, os.X_OK):
        raise NoProgram(f"{name} is not executable; `chmod +x {name}` in the workspace makes it so")
    return found


def _on(path: str, name: str, code: Path) -> str:
    places = os.pathsep.join(place for place in path.split(os.pathsep) if os.path.isabs(place))
    found = shutil.which(name, path=places) if name and places else None
    if found is None:
        here = f"; the workspace has such a file: write ./{name}" if name and (code / name).is_file() else ""
        raise NoProgram(f"there is no program {name!r} on the PATH of the stage{here}")
    return found
