"""What a snapshot takes, leaves out by name, or refuses.

The file `.goldfishignore` at the top of a workspace has one pattern a line, as in Python's fnmatch (`*`, `?`, `[seq]`;
`*` also matches `/`). A pattern without `/` is matched against the name of every file and directory; one with `/` is
matched against the path from the top; one that ends in `/` matches directories only. Empty lines and lines that begin
with `#` say nothing; there is no `!`.
"""

from __future__ import annotations

import fnmatch
import os
import re
import stat

from goldfish.errors import SnapshotRefused

IGNORE_FILE = b".goldfishignore"
STATE_FILE = "STATE.md"
ENVIRONMENT_FILE = b"pyvenv.cfg"  # what Python's venv puts at the top of a virtual environment
PROJECT_DIRECTORY = b".goldfish"
OF_A_PROJECT = {PROJECT_DIRECTORY, b"workspaces"}
MOST_FILES = 200_000  # files, directories and everything else that is looked at
MOST_DEPTH = 100
MOST_BYTES = 32 << 30  # all files together, as large as they say they are

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# Nearly all names. One match that clears them of every rule below is what keeps a walk fast.
_ORDINARY = re.compile(
    r"(?!git|state\.md$|__pycache__$|.*\.pyc$)[a-z0-9_][a-z0-9_ .,+=@%()-]*", re.IGNORECASE | re.ASCII
)
_CACHES = {"__pycache__", ".pytest_cache", ".ipynb_checkpoints"}
# Characters that a Mac's file system does not see: ".g\u200cit" is ".git" there, and git refuses such trees.
_UNSEEN = re.compile("[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]")
_GIT_NAME = re.compile(r"(?:\.git|git~1)[ .]*(?::.*)?", re.IGNORECASE | re.DOTALL)
_SPECIAL = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def shown(path: bytes | str) -> str:
    """A path as text that can be printed and recorded, whatever its bytes."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def is_ordinary(name: str) -> bool:
    """Whether the name alone cannot be a reason to leave a file or directory out, or to refuse it."""
    return _ORDINARY.fullmatch(name) is not None


def is_unusable(name: str) -> bool:
    """Whether a name holds line breaks or other control characters."""
    return _CONTROL.search(name) is not None


def reason_to_leave_out(name: str, mode: int, *, at_top: bool) -> str | None:
    """Why this entry is never part of a snapshot, or None."""
    if name in _CACHES or name.endswith(".pyc"):
        return "a cache"
    if at_top and (name == STATE_FILE or name.startswith(f".{STATE_FILE}.")):  # the other is STATE.md being written
        return "written by goldfish"
    if is_git_name(name):
        return "a nested repository"
    special = _SPECIAL.get(stat.S_IFMT(mode))
    return f"{special}, which holds no bytes of its own" if special else None


def is_git_name(name: str) -> bool:
    """Whether git takes this for its own directory on some system, whatever the capitals, and refuses it in trees."""
    return any(_GIT_NAME.fullmatch(part) for part in _UNSEEN.sub("", name).split("\\"))


def link_problem(target: bytes, depth: int) -> str | None:
    """Why a link in a directory `depth` levels below the top may lead outside, or None.

    `..` is accepted at the beginning only: after a name that may itself be a link, nobody can say where it leads.
    """
    if target.startswith(b"/"):
        return "to an absolute path"
    parts = [part for part in target.split(b"/") if part not in (b"", b".")]
    climbs = next((i for i, part in enumerate(parts) if part != b".."), len(parts))
    if climbs > depth:
        return "outside the workspace"
    return "up again after a name" if b".." in parts[climbs:] else None


class Ignore:
    """The patterns of one `.goldfishignore`. Raises `SnapshotRefused` for a line it cannot honor."""

    def __init__(self, text: str = "") -> None:
        self._rules: list[tuple[int, re.Pattern[str], bool, bool]] = []
        for number, line in enumerate(text.splitlines(), 1):
            pattern = line.strip()
            if not pattern or pattern.startswith("#"):
                continue
            if pattern.startswith("!"):
                raise SnapshotRefused(why=f".goldfishignore, line {number}: patterns cannot be taken back with !")
            bare = pattern.strip("/")
            compiled = re.compile(fnmatch.translate(bare))
            self._rules.append((number, compiled, "/" in pattern.rstrip("/"), pattern.endswith("/")))

    def __bool__(self) -> bool:
        return bool(self._rules)

    def reason(self, path: str, name: str, *, is_directory: bool) -> str | None:
        """Which line leaves this path out, or None."""
        for number, pattern, by_path, directories_only in self._rules:
            if (is_directory or not directories_only) and pattern.match(path if by_path else name):
                return f".goldfishignore, line {number}"
        return None
