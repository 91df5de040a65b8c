"""Bytes of data: kept, seen where they are, looked into, fetched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeAlias

from pydantic import JsonValue

from goldfish.domain.names import Digest
from goldfish.domain.values import MetricSummary, SignalType

Told: TypeAlias = Callable[[int], None]  # is told how many more bytes were done


@dataclass(frozen=True, slots=True)
class Stored:
    """Bytes in the store. A directory is stored as a manifest of its files; `size` counts the files' bytes."""

    digest: Digest
    size: int
    files: int = 1


class Artifacts(Protocol):
    """Bytes by their SHA-256. Written once, never changed; a put is durable at return and may be repeated."""

    def put_bytes(self, data: bytes) -> Stored:
        """Keep these bytes. Raises `ProjectUnwritable`."""

    def put_file(self, path: Path, *, limit: int | None = None, told: Told | None = None) -> Stored:
        """Keep a regular file, hashed while it is copied, without following a link at any component below its parent.

        Raises `OutputRefused` when it is no regular file, changes meanwhile or holds more than `limit` bytes,
        `ProjectUnwritable` when the store has no room. `told` is told how many bytes were done since the last time.
        """

    def put_directory(self, path: Path, *, limit: int | None = None, told: Told | None = None) -> Stored:
        """Keep every regular file below a directory, and a manifest (sorted paths, sizes, digests) that names it.

        Raises as `put_file`; links and special files are refused.
        """

    def path(self, digest: Digest) -> Path:
        """Where the bytes are, to be read only. Raises `ArtifactMissing`."""

    def place(self, digest: Digest, target: Path, kind: SignalType) -> None:
        """Show the bytes at `target`, read-only, without a copy where that is safe. Idempotent.

        A `file` that begins as a program does is executable, and so are the files of a directory that were so. Raises
        `ArtifactMissing`.
        """

    def contents(self, digest: Digest) -> list[tuple[str, int]]:
        """The files of a stored directory, sorted: relative path and bytes. Raises `ArtifactMissing`."""

    def take_out(self, digest: Digest, target: Path, kind: SignalType, *, told: Told | None = None) -> None:
        """Copy the bytes to a path that does not exist yet, checked, to belong to the user from then on.

        Raises `ArtifactMissing`, `PlaceTaken`, `ProjectUnwritable`.
        """

    def check(self, digest: Digest) -> list[str]:
        """As `verify`, but bytes that were sound before and were not touched since are not read again."""

    def read(self, digest: Digest, *, limit: int = 64 << 20) -> bytes:
        """The bytes, checked against the digest while they are read. Raises `ArtifactMissing`."""

    def has(self, digest: Digest) -> bool:
        """Whether the bytes are there; they are not read."""

    def verify(self, digest: Digest) -> list[str]:
        """One sentence for each thing missing or damaged: the bytes themselves, and the files of a manifest."""

    def free(self) -> int:
        """Bytes that can still be stored."""


@dataclass(frozen=True, slots=True)
class Unread:
    """Lines that a stage wrote as metrics and nobody can read: how many, and what is wrong with the first of them."""

    file: str
    lines: int
    named: list[str]


@dataclass(frozen=True, slots=True)
class Sealed:
    """The points of one execution, kept: the digest of the file (None without points) and the summary by metric.

    The summary holds at most 1,000 metrics, sorted by name; `more` are beyond that.
    """

    digest: Digest | None
    points: int = 0
    summary: dict[str, MetricSummary] = field(default_factory=dict)
    more: int = 0
    unread: Unread | None = None


class InPlace(Protocol):
    """Files and directories that stay where they are, outside the project, known by the digest of all their bytes.

    They may change at any time: a digest says what they held, and only a comparison whether they still do.
    """

    def size(self, path: Path) -> int:
        """Bytes below a path. Raises `OutputRefused`."""

    def recall(self, path: Path) -> Stored | None:
        """What the bytes there are, when they were read before and were not touched since. Raises `OutputRefused`."""

    def take(self, path: Path, *, told: Told | None = None) -> Stored:
        """Read every byte, and keep the manifest of a directory; nothing else is kept.

        Raises `OutputRefused` for links, special files and what changes meanwhile, and `ProjectUnwritable`.
        """

    def look(self, path: Path) -> object:
        """How the files there are now, for `remember`. Raises `OutputRefused`."""

    def remember(self, path: Path, stored: Stored, seen: object) -> None:
        """The bytes there, when they were `seen`, were found to be `stored`. Raises `OutputRefused`."""

    def differing(self, digest: Digest, path: Path, kind: SignalType) -> list[str]:
        """What there is not as the digest says, each path with what is wrong; nothing when all is.

        What was sound before and was not touched since is not read again. Raises `ArtifactMissing` when the manifest
        of a directory is.
        """

    def take_out(self, digest: Digest, path: Path, target: Path, kind: SignalType, *, told: Told | None = None) -> None:
        """As `Artifacts.take_out`, of the bytes there."""

    def show(self, path: Path, target: Path) -> None:
        """Show the files at `target`, by a link. Idempotent. Raises `ProjectUnwritable`."""


class Prober(Protocol):
    """Looks into data that nobody vouches for."""

    def probe(self, path: Path, kind: SignalType) -> dict[str, JsonValue]:
        """What a file of this type holds: shape, dtype, columns, rows, a few values.

        Nothing in it is executed. What cannot be told is left out; `problem` says why the bytes are not of the type.
        """

    def guess(self, path: Path) -> SignalType:
        """The type of a file or directory, by its name."""


class Remote(Protocol):
    """Data behind an address."""

    def clean(self, uri: str) -> str:
        """The address without what gives access: user, password, signatures, tokens. Raises `CannotFetch`."""

    def fetch(self, uri: str, directory: Path, *, limit: int, timeout: float, told: Told | None = None) -> Path:
        """Bring the bytes into a directory; the file keeps the name that it has there.

        Raises `CannotFetch`, also for more than `limit` bytes or after `timeout` seconds without any; `ExtraMissing`.
        """
