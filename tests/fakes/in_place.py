"""FixedPlaces: nothing outside ever changes, unless a test says so."""

from __future__ import annotations

from pathlib import Path

from goldfish.domain.canonical import digest_bytes
from goldfish.domain.names import Digest
from goldfish.domain.values import SignalType
from goldfish.errors import PlaceTaken
from goldfish.ports import Stored, Told


class FixedPlaces:
    """The port for single files, without a memory of what was read."""

    def __init__(self) -> None:
        self.changed: dict[Path, list[str]] = {}

    def size(self, path: Path) -> int:
        return path.stat().st_size

    def recall(self, path: Path) -> Stored | None:
        return None

    def take(self, path: Path, *, told: Told | None = None) -> Stored:
        data = path.read_bytes()
        return Stored(digest_bytes(data), len(data))

    def look(self, path: Path) -> object:
        return None

    def remember(self, path: Path, stored: Stored, seen: object) -> None:
        """Nothing is remembered."""

    def differing(self, digest: Digest, path: Path, kind: SignalType) -> list[str]:
        return self.changed.get(path, [])

    def take_out(self, digest: Digest, path: Path, target: Path, kind: SignalType, *, told: Told | None = None) -> None:
        if target.exists():
            raise PlaceTaken(path=target)
        target.write_bytes(path.read_bytes())

    def show(self, path: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        target.symlink_to(path)
