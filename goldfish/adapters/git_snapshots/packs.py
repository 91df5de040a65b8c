"""Git packs: many objects in one file with an index (version 2). Written whole and without deltas, read by offset."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from goldfish.adapters.git_snapshots.objects import Malformed, Oid

_KINDS = {b"commit": 1, b"tree": 2, b"blob": 3, b"tag": 4}
_NAMES = {number: name for name, number in _KINDS.items()}
_INDEX_MAGIC = b"\xfftOc\x00\x00\x00\x02"
_TABLE = 8 + 256 * 4  # where the names begin
_SMALL = 1 << 13


class Delta(Exception):
    """The object is stored as a difference, as git's own repacking does. goldfish itself never writes one."""


class Packed(NamedTuple):
    """Where an object lies in its pack."""

    start: int
    end: int


def compress(data: bytes, level: int = 1) -> bytes:
    """A zlib stream. Small inputs get a small window: setting up zlib's usual 256 KiB costs more than compressing."""
    window, memory = (13, 6) if len(data) <= _SMALL else (15, 8)
    packer = zlib.compressobj(level, zlib.DEFLATED, window, memory)
    return packer.compress(data) + packer.flush()


def pack_entry(kind: bytes, data: bytes) -> bytes:
    """One object as it lies in a pack: kind and size in a variable number of bytes, then the zlib stream."""
    size = len(data)
    head = [(_KINDS[kind] << 4) | (size & 15)]
    size >>= 4
    while size:
        head[-1] |= 0x80
        head.append(size & 0x7F)
        size >>= 7
    return bytes(head) + compress(data)


def write_pack(entries: dict[Oid, bytes]) -> tuple[bytes, bytes, str]:
    """The pack of these entries, its index, and the checksum that names both: one name, one sequence of bytes."""
    header = b"PACK" + struct.pack(">II", 2, len(entries))
    body = b"".join([header, *entries.values()])
    checksum = hashlib.sha1(body, usedforsecurity=False).digest()
    offsets, at = {}, len(header)
    for oid, entry in entries.items():
        offsets[oid] = at
        at += len(entry)
    return body + checksum, _write_index(entries, offsets, checksum), checksum.hex()


def _write_index(entries: dict[Oid, bytes], offsets: dict[Oid, int], checksum: bytes) -> bytes:
    names = sorted(entries)
    counts = [0] * 256
    for name in names:
        counts[name[0]] += 1
    totals = [sum(counts[: first + 1]) for first in range(256)]
    index = b"".join(
        [
            _INDEX_MAGIC,
            struct.pack(">256I", *totals),
            *names,
            struct.pack(f">{len(names)}I", *[zlib.crc32(entries[name]) for name in names]),
            struct.pack(f">{len(names)}I", *[offsets[name] for name in names]),
            checksum,
        ]
    )
    return index + hashlib.sha1(index, usedforsecurity=False).digest()


def read_names(index: bytes) -> Iterator[Oid]:
    """The names in an index. Raises `Malformed`."""
    return (name for (name,) in struct.iter_unpack("20s", index[_TABLE : _TABLE + 20 * _count(index)]))


def read_index(index: bytes, pack_size: int) -> dict[Oid, Packed]:
    """Every object of a pack and where it lies. Raises `Malformed`."""
    count = _count(index)
    at = _TABLE + 24 * count
    large = struct.unpack_from(f">{(len(index) - 40 - at - 4 * count) // 8}Q", index, at + 4 * count)
    try:
        starts = [
            large[offset & 0x7FFFFFFF] if offset >> 31 else offset
            for offset in struct.unpack_from(f">{count}I", index, at)
        ]
    except IndexError as error:
        raise Malformed("an offset of the pack index leads nowhere") from error
    ordered = [*sorted(starts), pack_size - 20]
    ends = dict(pairwise(ordered))
    return {name: Packed(start, ends[start]) for name, start in zip(read_names(index), starts, strict=True)}


def _count(index: bytes) -> int:
    if len(index) < _TABLE + 40 or not index.startswith(_INDEX_MAGIC):
        raise Malformed("it is not a pack index of version 2")
    if hashlib.sha1(index[:-20], usedforsecurity=False).digest() != index[-20:]:
        raise Malformed("the pack index does not match its checksum")
    (count,) = struct.unpack_from(">I", index, _TABLE - 4)
    if len(index) < _TABLE + 28 * count + 40:
        raise Malformed("the pack index is cut short")
    return int(count)


def read_entry(data: bytes) -> tuple[bytes, bytes]:
    """Kind and bytes of an object from its place in a pack. Raises `Malformed`, or `Delta`."""
    if not data:
        raise Malformed("the pack is cut short")
    number, size, shift, at = (data[0] >> 4) & 7, data[0] & 15, 4, 1
    while data[at - 1] & 0x80:
        if at >= len(data):
            raise Malformed("the pack is cut short")
        size |= (data[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
    if number in (6, 7):
        raise Delta
    if number not in _NAMES:
        raise Malformed(f"it has the unknown kind {number}")
    return _NAMES[number], inflate(data[at:], size)


def inflate(data: bytes, size: int) -> bytes:
    """Unpack a zlib stream that must hold exactly `size` bytes. Raises `Malformed`."""
    try:
        unpacker = zlib.decompressobj()
        plain = unpacker.decompress(data, size + 1)
    except (zlib.error, MemoryError, OverflowError) as error:
        raise Malformed(f"its compressed bytes are damaged ({error})") from error
    if len(plain) != size or not unpacker.eof:
        raise Malformed("it has another length than it says")
    return plain
