"""Code: trees of raw bytes, taken and placed."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from goldfish.domain.names import TreeId
from goldfish.domain.values import Skipped


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What `Snapshots.take` recorded. `skipped` names every path that is not in the tree, and why."""

    tree: TreeId
    files: int
    bytes: int
    skipped: list[Skipped] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class TreeFile:
    """One file of a tree: `mode` is 0o100644, 0o100755 or 0o120000 (a link); `content` identifies its bytes."""

    path: str
    mode: int
    content: str


@dataclass(frozen=True, slots=True)
class FileChange:
    """How one file differs between two trees. `patch` is unified text, empty for binary or large files."""

    path: str
    change: Literal["added", "removed", "modified"]
    patch: str
    added: int
    removed: int


class Snapshots(Protocol):
    """Exact trees of files, and directories that show them.

    A tree id depends on paths, bytes and the executable bit alone: the same tree has the same id on every machine.
    """

    def take(self, directory: Path, *, cache: str | None = None) -> Snapshot:
        """Record every file below `directory` byte for byte, durably, before it returns.

        Links are recorded as links and never followed. Nested repositories, caches of Python and special files are
        left out by name in `skipped`. `cache` names a stat cache: with it an unchanged tree costs a directory walk.
        Raises `SnapshotRefused` for what cannot be recorded (a link that leads outside, unreadable or ever-changing
        files, unusable names, too many files).
        """

    def place(self, tree: TreeId, directory: Path, *, cache: str | None = None) -> None:
        """Make `directory` hold exactly `tree`, creating it if needed and touching only what differs.

        Idempotent, and safe to repeat after a crash in the middle. Never follows links. Raises `SnapshotMissing`.
        """

    def empty(self) -> TreeId:
        """The tree without files."""

    def files(self, tree: TreeId) -> list[TreeFile]:
        """All files of a tree, sorted by path. Raises `SnapshotMissing`."""

    def read(self, tree: TreeId, path: str) -> bytes | None:
        """The bytes of one file (up to 64 MiB), or None when the tree has no such file. Raises `SnapshotMissing`."""

    def diff(self, left: TreeId, right: TreeId) -> list[FileChange]:
        """Every file that differs, sorted by path. Raises `SnapshotMissing`."""

    def verify(self, tree: TreeId) -> list[str]:
        """One sentence for everything in this tree that is missing or whose bytes do not match its name."""

    def pin(self, name: str, tree: TreeId) -> None:
        """Keep a tree reachable for git's own tools under refs/goldfish/<name>. Idempotent; an effect, not a record."""
