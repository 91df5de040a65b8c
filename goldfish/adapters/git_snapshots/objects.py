"""Git objects as bytes: how they are named, and how trees and pointers are written and read."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeAlias

from goldfish.domain.names import Digest

Oid: TypeAlias = bytes  # 20 raw bytes

FILE, EXECUTABLE, LINK, TREE = 0o100644, 0o100755, 0o120000, 0o040000

_MODES = {FILE: b"100644 ", EXECUTABLE: b"100755 ", LINK: b"120000 ", TREE: b"40000 "}
_POINTER = re.compile(rb"goldfish pointer 1\n(sha256:[0-9a-f]{64})\nsize (0|[1-9][0-9]{0,18})\n")
_POINTER_PREFIX = b"goldfish pointer 1\n"


class Entry(NamedTuple):
    """One line of a tree."""

    mode: int
    name: bytes
    oid: Oid


class Malformed(ValueError):
    """These bytes are not the object they should be."""


def oid_of(kind: bytes, data: bytes) -> Oid:
    """The name of an object: the SHA-1 of its header and bytes."""
    return hashlib.sha1(b"%b %d\0%b" % (kind, len(data), data), usedforsecurity=False).digest()


EMPTY_TREE = oid_of(b"tree", b"")


def write_tree(entries: Iterable[tuple[int, bytes, Oid]]) -> bytes:
    """The bytes of a tree of (mode, name, oid), in git's order: by name, where a directory's name ends in a slash."""
    lines = [
        (name + b"/" if mode == TREE else name, b"%b%b\0%b" % (_MODES[mode], name, oid)) for mode, name, oid in entries
    ]
    lines.sort()
    return b"".join([line for _, line in lines])


def read_tree(data: bytes) -> Iterator[Entry]:
    """The entries of a tree. Raises `Malformed`; names that could lead out of a directory are malformed too."""
    at = 0
    while at < len(data):
        space, end = data.find(b" ", at), data.find(b"\0", at)
        if not at < space < end or end + 21 > len(data):
            raise Malformed("it is not a tree")
        mode, name = data[at : space + 1], data[space + 1 : end]
        known = next((number for number, text in _MODES.items() if text == mode), None)
        if known is None or name in (b"", b".", b"..") or b"/" in name:
            raise Malformed(f"it holds an entry {name!r} that goldfish never writes")
        yield Entry(known, name, data[end + 1 : end + 21])
        at = end + 21


def write_pointer(digest: Digest, size: int) -> bytes:
    """The blob that stands in a tree for bytes in the artifact store."""
    return b"%b%b\nsize %d\n" % (_POINTER_PREFIX, digest.encode(), size)


def read_pointer(data: bytes) -> tuple[Digest, int] | None:
    """Digest and size if this blob is a pointer. No genuine file is taken for one: see `looks_like_pointer`."""
    match = _POINTER.fullmatch(data)
    return (Digest(match[1].decode()), int(match[2])) if match else None


def looks_like_pointer(data: bytes) -> bool:
    """Whether a genuine file begins as pointers do. Such a file is stored through a pointer itself."""
    return data.startswith(_POINTER_PREFIX)
