"""FilesInPlace: files and directories outside the store, known by the digest of all their bytes."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
import time
from pathlib import Path

from goldfish import durable
from goldfish.adapters.file_artifacts import manifests, taking_out
from goldfish.adapters.file_artifacts.directories import list_states
from goldfish.adapters.file_artifacts.manifests import ManifestFile
from goldfish.adapters.file_artifacts.showing import discard
from goldfish.adapters.file_artifacts.states import Seen, States
from goldfish.adapters.file_artifacts.store import FileArtifacts
from goldfish.domain.names import Digest
from goldfish.domain.values import SignalType
from goldfish.errors import OutputRefused
from goldfish.files import (
    DIRECTORY,
    Changed,
    Told,
    copy,
    identity,
    opened,
    opened_below,
    opened_steady,
)
from goldfish.ports import Stored

_NOT_STEADY = "it is not a plain file or directory, or changed while it was read"


class FilesInPlace:
    """As the port says. `states` spares reading what was read before and is in the same state."""

    def __init__(self, artifacts: FileArtifacts, states: States) -> None:
        self._artifacts = artifacts
        self._states = states

    def size(self, path: Path) -> int:
        """Bytes below a path. Raises `OutputRefused`."""
        return self._look(path).size

    def recall(self, path: Path) -> Stored | None:
        """As the port says. Raises `OutputRefused`."""
        seen, known = self._look(path), self._states.known(path)
        if known is None or known[1] != seen.states:
            return None
        return Stored(known[0], seen.size, len(seen.states))

    def take(self, path: Path, *, told: Told | None = None) -> Stored:
        """As the port says. Raises `OutputRefused` and `ProjectUnwritable`."""
        seen = self._look(path)
        files = [
            ManifestFile(relative, size, Digest(f"sha256:{name}"), executable)
            for relative in seen.states
            for name, size, executable in [self._read(path, relative, told)]
        ]
        stored = Stored(files[0].digest, files[0].size) if _is_file(seen) else self._keep_manifest(files)
        self.remember(path, stored, seen)
        return stored

    def look(self, path: Path) -> Seen:
        """As the port says. Raises `OutputRefused`."""
        return self._look(path)

    def remember(self, path: Path, stored: Stored, seen: object) -> None:
        """As the port says. Raises `OutputRefused`."""
        if isinstance(seen, Seen) and self._look(path).states == seen.states == seen.settled():
            self._states.remember(path, stored.digest, seen.states)

    def differing(self, digest: Digest, path: Path, kind: SignalType) -> list[str]:
        """As the port says. Raises `ArtifactMissing`."""
        try:
            seen = self._look(path)
        except OutputRefused as refusal:
            return [str(refusal.facts.get("why"))]
        known = self._states.known(path)
        before = known[1] if known is not None and known[0] == digest else {}
        if before and before == seen.states:
            return []
        expected = self._expected(digest, kind)
        problems = dict.fromkeys(expected.keys() - seen.states.keys(), "it is gone")
        problems |= dict.fromkeys(seen.states.keys() - expected.keys(), "it was not there")
        for relative, state in seen.states.items():
            if relative in expected and before.get(relative) != state:
                problem = self._problem(path, relative, *expected[relative])
                if problem:
                    problems[relative] = problem
        if not problems and seen.states == seen.settled():
            self._states.remember(path, digest, seen.states)
        return [f"{relative}: {what}" if relative else what for relative, what in sorted(problems.items())]

    def take_out(self, digest: Digest, path: Path, target: Path, kind: SignalType, *, told: Told | None = None) -> None:
        """As the port says."""
        if kind == "directory":
            files = self._artifacts.files(digest)
            wanted = {file.path: (path / file.path, str(file.digest), file.executable) for file in files}
            taking_out.take_out_directory(wanted, target, told)
        else:
            taking_out.take_out_file(path, digest, target, told)

    def show(self, path: Path, target: Path) -> None:
        """As the port says. Raises `ProjectUnwritable`."""
        try:
            if target.is_symlink() and target.readlink() == path:
                return
            target.parent.mkdir(parents=True, exist_ok=True)
            temporary = target.with_name(f".{target.name[:100]}.{secrets.token_hex(6)}.tmp")
            temporary.symlink_to(path)
            if target.is_dir() and not target.is_symlink():
                discard(target)
            temporary.replace(target)
        except OSError as error:
            raise durable.unwritable(target, error) from error

    def _look(self, path: Path) -> Seen:
        at = time.time_ns()
        try:
            status = path.lstat()
            if stat.S_ISDIR(status.st_mode):
                with opened(path, DIRECTORY) as root:
                    return Seen(list_states(root, path.name), at)
            if stat.S_ISREG(status.st_mode):
                return Seen({"": identity(status)}, at)
        except FileNotFoundError as error:
            raise OutputRefused(signal=path.name, why="it is gone") from error
        except Changed as error:
            raise OutputRefused(signal=path.name, why=_NOT_STEADY) from error
        except OSError as error:
            raise OutputRefused(signal=path.name, why=f"it cannot be read ({error.strerror})") from error
        raise OutputRefused(signal=path.name, why="it is a link or a special file")

    def _read(self, path: Path, relative: str, told: Told | None) -> tuple[str, int, bool]:
        """Digest (hex), size and executable bit of a file that stays the same meanwhile. Raises `OutputRefused`."""
        where = f"{relative}: " if relative else ""
        try:
            with contextlib.ExitStack() as stack:
                within = None
                if relative:
                    root = stack.enter_context(opened(path, DIRECTORY))
                    within = stack.enter_context(opened_below(root, os.fsencode(relative.rpartition("/")[0])))
                name = relative.rpartition("/")[2] or path
                with opened_steady(name, within=within) as (descriptor, status):
                    digest, size = copy(descriptor, None, most=status.st_size, told=told)
                grown = size != status.st_size
        except Changed as error:
            raise OutputRefused(signal=path.name, why=where + _NOT_STEADY) from error
        except OSError as error:
            raise OutputRefused(signal=path.name, why=f"{where}it cannot be read ({error.strerror})") from error
        if grown:
            raise OutputRefused(signal=path.name, why=where + _NOT_STEADY)
        return digest, size, bool(status.st_mode & stat.S_IXUSR)

    def _keep_manifest(self, files: list[ManifestFile]) -> Stored:
        manifest = self._artifacts.put_bytes(manifests.write(files))
        return Stored(manifest.digest, sum(file.size for file in files), len(files))

    def _expected(self, digest: Digest, kind: SignalType) -> dict[str, tuple[str, bool | None]]:
        """Digest and executable bit by relative path, as registered; a file alone has no executable bit."""
        if kind != "directory":
            return {"": (digest, None)}
        return {file.path: (file.digest, file.executable) for file in self._artifacts.files(digest)}

    def _problem(self, path: Path, relative: str, digest: str, executable: bool | None) -> str | None:
        try:
            found, _, runs = self._read(path, relative, None)
        except OutputRefused as refusal:
            return str(refusal.facts.get("why")).removeprefix(f"{relative}: ")
        if f"sha256:{found}" != digest:
            return "other bytes"
        return None if executable in (None, runs) else "another executable bit"


def _is_file(seen: Seen) -> bool:
    return "" in seen.states
