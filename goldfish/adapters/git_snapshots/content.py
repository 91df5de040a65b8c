"""What a file or link contributes to a tree: its mode, and the blob that its bytes, or a pointer to them, make."""

from __future__ import annotations

import os
import stat

from goldfish.adapters.git_snapshots.objects import (
    EXECUTABLE,
    FILE,
    LINK,
    looks_like_pointer,
    oid_of,
    write_pointer,
)
from goldfish.domain.names import Digest
from goldfish.files import Changed, Identity, copy, identity, opened_steady, read_whole

BIG = 1 << 20  # bytes; larger files go to the artifact store, because compressing them costs 20 × what hashing does


def tree_mode(mode: int) -> int:
    """The mode in a tree for the mode of a file: the owner's executable bit decides."""
    if stat.S_ISLNK(mode):
        return LINK
    return EXECUTABLE if mode & stat.S_IXUSR else FILE


def read_link(name: bytes, *, within: int) -> tuple[bytes, Identity]:
    """Where a link points, and the state this belongs to. Raises `Changed`."""
    try:
        before = identity(os.stat(name, dir_fd=within, follow_symlinks=False))
        target = os.readlink(name, dir_fd=within)
        after = identity(os.stat(name, dir_fd=within, follow_symlinks=False))
    except OSError as error:  # gone, or no longer a link
        raise Changed(os.fsdecode(name)) from error
    if before != after:
        raise Changed(os.fsdecode(name))
    return target, after


def read_small(name: bytes, *, within: int) -> tuple[bytes | None, Identity]:
    """The bytes of a file that belongs into a blob, None if it needs a pointer; and the state this belongs to."""
    data, status = read_whole(name, within=within, most=BIG)
    return (None if looks_like_pointer(data) else data), identity(status)


def blob_as_it_is(name: bytes, state: Identity, *, within: int) -> bytes:
    """The name of the blob that this file or link would have in a tree. Stores nothing. Raises `Changed`."""
    if stat.S_ISLNK(state[4]):
        return oid_of(b"blob", read_link(name, within=within)[0])
    if state[2] <= BIG:
        data, _ = read_small(name, within=within)
        if data is not None:
            return oid_of(b"blob", data)
    with opened_steady(name, within=within) as (descriptor, status):
        digest, size = copy(descriptor, None, most=status.st_size)
    return oid_of(b"blob", write_pointer(Digest(f"sha256:{digest}"), size))
