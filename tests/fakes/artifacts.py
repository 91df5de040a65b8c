"""InMemoryArtifacts: bytes in a dictionary, for tests of everything above the port."""

from __future__ import annotations

import json
import os
import stat
import tempfile
from pathlib import Path

from goldfish.domain.canonical import canonical, digest_bytes
from goldfish.domain.names import Digest
from goldfish.domain.values import SignalType
from goldfish.errors import ArtifactMissing, OutputRefused, PlaceTaken
from goldfish.ports import Stored, Told


class InMemoryArtifacts:
    """The port without a disk; `path` alone writes its answer to a temporary file."""

    def __init__(self, free: int = 1 << 40) -> None:
        self.kept: dict[Digest, bytes] = {}
        self._free = free
        self._folder = tempfile.TemporaryDirectory(prefix="goldfish-fake-")

    def put_bytes(self, data: bytes) -> Stored:
        digest = digest_bytes(data)
        self.kept[digest] = data
        return Stored(digest, len(data))

    def put_file(self, path: Path, *, limit: int | None = None, told: Told | None = None) -> Stored:
        try:
            status = path.lstat()
        except OSError as error:
            raise OutputRefused(signal=path.name, why="it is not there") from error
        if not stat.S_ISREG(status.st_mode):
            raise OutputRefused(signal=path.name, why="it is not a plain file")
        if limit is not None and status.st_size > limit:
            raise OutputRefused(signal=path.name, why=f"it holds more than the {limit} bytes allowed")
        if told is not None:
            told(status.st_size)
        return self.put_bytes(path.read_bytes())

    def put_directory(self, path: Path, *, limit: int | None = None, told: Told | None = None) -> Stored:
        lines: dict[str, list[object]] = {}
        total = 0
        for file in sorted(path.rglob("*")):
            if file.is_symlink() or not (file.is_file() or file.is_dir()):
                raise OutputRefused(signal=path.name, why=f"{file.name} is a link or a special file")
            if file.is_file():
                stored = self.put_file(file, limit=None if limit is None else limit - total)
                total += stored.size
                lines[file.relative_to(path).as_posix()] = [stored.digest, bool(file.stat().st_mode & 0o100)]
        return Stored(self.put_bytes(canonical(lines)).digest, total, len(lines))

    def path(self, digest: Digest) -> Path:
        data = self._get(digest)
        path = Path(self._folder.name) / digest.replace(":", "-")
        path.write_bytes(data)
        return path

    def place(self, digest: Digest, target: Path, kind: SignalType) -> None:
        if kind != "directory":
            runs = kind == "file" and self._get(digest).startswith((b"\x7fELF", b"#!"))
            self._show(digest, target, 0o555 if runs else 0o444)
            return
        for name, (file, executable) in json.loads(self._get(digest)).items():
            self._show(file, target / name, 0o555 if executable else 0o444)

    def contents(self, digest: Digest) -> list[tuple[str, int]]:
        return [(name, len(self.kept[file])) for name, (file, _) in json.loads(self._get(digest)).items()]

    def take_out(self, digest: Digest, target: Path, kind: SignalType, *, told: Told | None = None) -> None:
        if os.path.lexists(target):
            raise PlaceTaken(path=target)
        self.place(digest, target, kind)
        for path in [target, *target.rglob("*")]:
            path.chmod(path.stat().st_mode | 0o200)
        if told is not None:
            told(len(self.kept[digest]))

    def check(self, digest: Digest) -> list[str]:
        return self.verify(digest)

    def read(self, digest: Digest, *, limit: int = 64 << 20) -> bytes:
        data = self._get(digest)
        if len(data) > limit:
            raise ArtifactMissing(digest=digest, why=f"it holds more than the {limit} bytes asked for")
        return data

    def has(self, digest: Digest) -> bool:
        return digest in self.kept

    def verify(self, digest: Digest) -> list[str]:
        if digest not in self.kept:
            return [f"The artifact {digest} is missing."]
        return [] if digest_bytes(self.kept[digest]) == digest else [f"The artifact {digest} is damaged."]

    def free(self) -> int:
        return self._free

    def _get(self, digest: Digest) -> bytes:
        if digest not in self.kept:
            raise ArtifactMissing(digest=digest, why="it was never put")
        return self.kept[digest]

    def _show(self, digest: Digest, target: Path, mode: int) -> None:
        data = self._get(digest)
        if target.exists() and target.read_bytes() == data:
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        target.write_bytes(data)
        os.chmod(target, mode)
