"""The stat cache of a slot: which file states were hashed before, so that an unchanged tree is not read again.

A cache, never a record: a file that is missing, damaged, of another version or of another directory is no cache.
"""

from __future__ import annotations

import hashlib
import secrets
import struct
from pathlib import Path
from typing import TypeAlias

from goldfish.adapters.git_snapshots.objects import Oid

Remembered: TypeAlias = tuple[int, int, int, int, int, Oid]  # an Identity and the blob that its bytes have
Entries: TypeAlias = dict[bytes, Remembered]

RACY = 20_000_000  # ns; kernels stamp files by a clock that ticks every 1 to 10 ms: twice that, to be sure

_MAGIC = b"goldfish stat cache 1\n"
_HEAD = struct.Struct("<QI")
_RECORD = struct.Struct("<qqQQI20s")


def load(path: Path, device: int) -> Entries:
    """What is remembered of the files on this device."""
    try:
        content = path.read_bytes()
    except OSError:
        return {}
    checksum, body = content[len(_MAGIC) : len(_MAGIC) + 32], content[len(_MAGIC) + 32 :]
    if not content.startswith(_MAGIC) or hashlib.sha256(body).digest() != checksum:
        return {}
    of, count = _HEAD.unpack_from(body)
    if of != device:
        return {}
    names_at = _HEAD.size + count * _RECORD.size
    records = _RECORD.iter_unpack(body[_HEAD.size : names_at])
    return dict(zip(body[names_at:].split(b"\0"), records, strict=True)) if count else {}


def save(path: Path, device: int, entries: Entries) -> None:
    """Remember these for next time. Not synced: a torn file fails its checksum and is no cache."""
    records = [_RECORD.pack(*entry) for entry in entries.values()]
    body = b"".join([_HEAD.pack(device, len(entries)), *records, b"\0".join(entries)])
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(_MAGIC + hashlib.sha256(body).digest() + body)
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)  # a cache that cannot be kept is a slower next time, nothing more


def settled(entries: Entries, looked_at: int) -> Entries:
    """Those that can be trusted: last touched well before we looked, so that a later edit must show in the times.

    `looked_at` is nanoseconds since the epoch. Git calls the others racily clean.
    """
    limit = looked_at - RACY
    return {path: entry for path, entry in entries.items() if entry[0] < limit and entry[1] < limit}
