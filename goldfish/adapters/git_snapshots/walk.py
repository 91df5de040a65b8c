"""One look at a directory: every file that a snapshot would record, its state, and what is left out. Reads no bytes."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from typing import TypeAlias

from goldfish.adapters.git_snapshots import rules
from goldfish.errors import SnapshotRefused
from goldfish.files import DIRECTORY, Changed, Identity, identity, opened, read_whole

_LONGEST_IGNORE_FILE = 64 << 10
_MOST_NAMED = 1000


@dataclass(slots=True)
class Directory:
    """What was found in one directory, by name. `path` is relative to the top, without a slash at either end."""

    path: bytes
    depth: int
    files: dict[bytes, Identity] = field(default_factory=dict)
    children: dict[bytes, Directory] = field(default_factory=dict)

    def join(self, name: bytes) -> bytes:
        """The path of an entry."""
        return self.path + b"/" + name if self.path else name


LeftOut: TypeAlias = list[tuple[bytes, str]]


@dataclass(slots=True)
class Found:
    """All that one walk saw: directories from the top down, and what is left out with the reason."""

    directories: list[Directory] = field(default_factory=list)
    left_out: LeftOut = field(default_factory=list)


def walk(root: int) -> Found:
    """Look at everything below the directory with this descriptor, never following a link.

    Raises `SnapshotRefused` for unusable names, too many or too deep entries and unreadable directories, `Changed`
    when something vanished meanwhile.
    """
    look = _Look(_read_ignore_file(root))
    look.visit(root, Directory(b"", 0))
    return Found(look.directories, look.left_out)


def summary(left_out: LeftOut) -> LeftOut:
    """At most 1,000 of them, sorted by path, and an entry that counts the rest."""
    ordered = sorted(left_out)
    if len(ordered) > _MOST_NAMED:
        rest = len(ordered) - _MOST_NAMED
        ordered[_MOST_NAMED:] = [(b"\xe2\x80\xa6", f"{rest:,} more were left out, {len(ordered):,} in all")]
    return ordered


class _Look:
    def __init__(self, ignore: rules.Ignore) -> None:
        self.directories: list[Directory] = []
        self.left_out: LeftOut = []
        self._ignore = ignore
        self._seen = 0
        self._bytes = 0

    def visit(self, descriptor: int, here: Directory) -> None:
        self.directories.append(here)
        try:
            with os.scandir(descriptor) as entries:
                for entry in entries:
                    self._sort_in(here, entry.name, entry.stat(follow_symlinks=False))
        except FileNotFoundError as error:
            raise Changed(rules.shown(here.path)) from error
        self._leave_out_what_is_no_work(here)
        for name, child in here.children.items():
            try:
                with opened(name, DIRECTORY, within=descriptor) as below:
                    self.visit(below, child)
            except PermissionError as error:
                raise SnapshotRefused(why=f"{rules.shown(child.path)} cannot be read: {error.strerror}") from error

    def _leave_out_what_is_no_work(self, here: Directory) -> None:
        """Installed packages, and what goldfish keeps, when somebody records a directory that holds such."""
        if here.depth and rules.ENVIRONMENT_FILE in here.files:
            self.left_out.append((here.path, "a virtual environment"))
            here.files.clear()
            here.children.clear()
        if rules.PROJECT_DIRECTORY in here.children:
            for name in rules.OF_A_PROJECT & here.children.keys():
                self.left_out.append((here.join(name), "goldfish's own"))
                del here.children[name]

    def _sort_in(self, here: Directory, name: str, status: os.stat_result) -> None:
        raw, mode = name.encode("utf-8", "surrogateescape"), status.st_mode
        self._seen += 1
        if self._seen > rules.MOST_FILES:
            raise SnapshotRefused(why=f"it has more than {rules.MOST_FILES:,} files and directories")
        is_directory = stat.S_ISDIR(mode)
        reason = None
        if not (rules.is_ordinary(name) and (is_directory or stat.S_ISREG(mode))):
            if rules.is_unusable(name):
                raise SnapshotRefused(why=f"the name of {rules.shown(here.join(raw))!r} holds control characters")
            reason = rules.reason_to_leave_out(name, mode, at_top=not here.depth)
        if reason is None and self._ignore:
            reason = self._ignore.reason(os.fsdecode(here.join(raw)), name, is_directory=is_directory)
        if reason is not None:
            self.left_out.append((here.join(raw), reason))
        elif not is_directory:
            here.files[raw] = identity(status)
            self._bytes += status.st_size
            if self._bytes > rules.MOST_BYTES:
                why = f"with {rules.shown(here.join(raw))} it has more than {rules.MOST_BYTES >> 30} GiB"
                raise SnapshotRefused(why=why)
        elif here.depth >= rules.MOST_DEPTH:
            raise SnapshotRefused(why=f"{rules.shown(here.join(raw))[:80]}… is more than {rules.MOST_DEPTH} deep")
        else:
            here.children[raw] = Directory(here.join(raw), here.depth + 1)


def _read_ignore_file(root: int) -> rules.Ignore:
    try:
        status = os.stat(rules.IGNORE_FILE, dir_fd=root, follow_symlinks=False)
        if not stat.S_ISREG(status.st_mode) or status.st_size > _LONGEST_IGNORE_FILE:
            raise SnapshotRefused(why=".goldfishignore is not a plain file of at most 64 KiB")
        data, _ = read_whole(rules.IGNORE_FILE, within=root, most=_LONGEST_IGNORE_FILE)
        return rules.Ignore(data.decode("utf-8"))
    except FileNotFoundError:
        return rules.Ignore()
    except UnicodeDecodeError as error:
        raise SnapshotRefused(why=".goldfishignore is not UTF-8 text") from error
