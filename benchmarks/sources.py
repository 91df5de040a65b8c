"""Bringing in 1 GB, and knowing that it has not changed, beside what hashlib and the disk alone take."""

from __future__ import annotations

import hashlib
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.table import Row, markdown, seconds
from goldfish.api import Actor, Goldfish

SIZE = 1 << 30
BLOCK = 1 << 20
ROUNDS = 5


def hashed(path: Path) -> None:
    """SHA-256 in blocks of 1 MiB."""
    digest, buffer = hashlib.sha256(), memoryview(bytearray(BLOCK))
    with path.open("rb", buffering=0) as file:
        while count := file.readinto(buffer):
            digest.update(buffer[:count])


def written(path: Path) -> None:
    """As many bytes straight to the disk: no durable copy can be faster."""
    block = os.urandom(BLOCK)
    with path.open("wb", buffering=0) as file:
        for _ in range(SIZE // BLOCK):
            file.write(block)
        os.fsync(file.fileno())


def timed(work: Callable[[], object]) -> float:
    """Seconds of wall time."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> str:
    """The table. Every round is beside its own floor: on a busy machine both are slower."""
    with tempfile.TemporaryDirectory(prefix="goldfish-benchmark-") as name:
        root = Path(name)
        goldfish = Goldfish.found(root / "project", Actor(kind="human", name="benchmark"))
        data = root / "data.bin"
        with data.open("wb") as file:
            for _ in range(SIZE // BLOCK):
                file.write(os.urandom(BLOCK))
        os.sync()
        hashed(data)  # from here on it is in the page cache
        floors, places, copies, disks = [], [], [], []
        for number in range(ROUNDS):
            os.utime(data)
            time.sleep(0.05)
            floors.append(timed(lambda: hashed(data)))
            places.append(timed(lambda: goldfish.services.in_place.take(data)))
            disks.append(timed(lambda: written(root / "floor")))
            (root / "floor").unlink()
            os.sync()
            store = Goldfish.found(root / f"copy{number}", goldfish.services.actor).services
            copies.append(timed(lambda store=store: store.artifacts.put_file(data)))  # type: ignore[misc]
            os.sync()
        place = statistics.median(f / p for f, p in zip(floors, places, strict=True))
        copy = statistics.median(f / c for f, c in zip(floors, copies, strict=True))
        added = goldfish.add_source("data", data, in_place=True)
        kept = store.artifacts.put_file(data)
        store.artifacts.check(kept.digest)
        where = Path(added.location or "")
        unchanged = seconds(lambda: goldfish.services.in_place.differing(kept.digest, where, "file"), 51) * 1000
        checked = seconds(lambda: store.artifacts.check(kept.digest), 51) * 1000
        again = seconds(lambda: goldfish.add_source("data", data, in_place=True), 15) * 1000
    floor, disk = statistics.median(floors), statistics.median(disks)
    rows = [
        Row("hashlib.sha256 over 1 GiB, in blocks of 1 MiB", f"{floor:.2f} s"),
        Row("the digest of 1 GiB in place", f"{statistics.median(places):.2f} s, {place:.0%} of hashlib's speed", "≥ 80 %", place >= 0.8),
        Row("1 GiB copied, hashed and synced", f"{statistics.median(copies):.2f} s, {copy:.0%} of hashlib's speed"),
        Row("writing and syncing 1 GiB, for comparison", f"{disk:.2f} s"),
        Row("an unchanged source in place is recognized", f"{unchanged:.2f} ms", "≤ 5 ms", unchanged <= 5),
        Row("an unchanged copied source is recognized", f"{checked:.2f} ms", "≤ 5 ms", checked <= 5),
        Row("the same 1 GiB added again, the whole command", f"{again:.1f} ms"),
    ]  # fmt: skip
    return markdown("Sources", rows)


if __name__ == "__main__":
    print(main())
