"""The hash chain: each event's hash covers the one before it, so that no byte can change unseen."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

GENESIS: Final = hashlib.sha256(b"goldfish ledger 1").digest()


@dataclass(frozen=True, slots=True)
class StoredRow:
    """One row as it is stored."""

    position: int
    stream: str
    version: int
    name: str
    record: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Damage:
    """Something that is not as it was written, and where. Position 0 means the ledger as a whole."""

    position: int
    what: str
    why: str


def link(previous: bytes, position: int, stream: str, version: int, name: str, record: bytes) -> bytes:
    """The hash of an event: SHA-256 over the previous hash and every stored field, each with its length before it."""
    at, of, number, what = str(position).encode(), stream.encode(), str(version).encode(), name.encode()
    fields = [_size(at), at, _size(of), of, _size(number), number, _size(what), what, _size(record), record]
    return hashlib.sha256(b"".join([previous, *fields])).digest()


def _size(field: bytes) -> bytes:
    return len(field).to_bytes(8, "big")


def follow(rows: Iterable[StoredRow]) -> Iterator[Damage]:
    """Every break of the chain, of the positions and of the versions, in order.

    After a broken link the chain is followed on from the stored hash, so that each damage is named once.
    """
    expected = 1
    previous: bytes | None = GENESIS
    versions: dict[str, int] = {}
    for row in rows:
        if row.position != expected:
            yield Damage(expected, "missing", f"positions {expected} to {row.position - 1} are gone")
            previous = None
        if previous is not None and _link_of(row, previous) != row.hash:
            yield Damage(
                row.position, "changed", f"the stored bytes of {row.name} on {row.stream} do not match the chain"
            )
        want = versions.get(row.stream, 0) + 1
        if row.version != want:
            yield Damage(row.position, "version", f"{row.stream} has version {row.version} where {want} belongs")
        versions[row.stream] = row.version
        previous, expected = row.hash, row.position + 1


def _link_of(row: StoredRow, previous: bytes) -> bytes:
    return link(previous, row.position, row.stream, row.version, row.name, row.record)
