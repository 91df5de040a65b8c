"""The log that W&B keeps of a run: blocks of checked pieces, as LevelDB's logs, each record a protobuf message."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from goldfish.adapters.imports.json_values import Unusable

if TYPE_CHECKING:
    from goldfish.adapters.imports.folders import Folder

LARGEST: Final = 64 << 20  # bytes of a record
_MAGIC: Final = b":W&B\xe1\xbe\x00"
_BLOCK: Final = 1 << 15
_PIECE: Final = struct.Struct("<IHB")
_FULL, _FIRST, _MIDDLE, _LAST = 1, 2, 3, 4


def record_type() -> Any:
    """The message of W&B's own package; None where it is not installed."""
    try:
        from wandb.proto import wandb_internal_pb2
    except ImportError:
        return None
    return wandb_internal_pb2.Record  # type: ignore[attr-defined,unused-ignore]  # it is made when it is imported


def records(folder: Folder, path: str, kind: Any) -> Iterator[Any]:
    """Every whole record; last None where the end was cut off. Raises `Unusable` for what is damaged."""
    from google.protobuf.message import DecodeError

    for data in _joined(folder, path):
        try:
            yield None if data is None else kind.FromString(data)
        except DecodeError as error:
            raise Unusable(f"{path} holds something that is no record") from error


def _joined(folder: Folder, path: str) -> Iterator[bytes | None]:
    """Records, put together from their pieces."""
    waiting: list[bytes] | None = None
    for piece in _pieces(folder, path):
        if piece is None:
            yield None
            return
        kind, data = piece
        if kind in (_FULL, _FIRST):
            waiting = []
        if waiting is None or kind > _LAST:
            raise Unusable(f"{path} is damaged: a record has no beginning")
        waiting.append(data)
        if sum(map(len, waiting)) > LARGEST:
            raise Unusable(f"{path} holds a record of more than {LARGEST} bytes")
        if kind in (_FULL, _LAST):
            yield b"".join(waiting)
            waiting = None
    if waiting is not None:
        yield None


def _pieces(folder: Folder, path: str) -> Iterator[tuple[int, bytes] | None]:
    """Kind and bytes of each piece; none spans two blocks."""
    with folder.file(path) as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise Unusable(f"{path} is no log of W&B")
        first = len(_MAGIC)
        while block := file.read(_BLOCK - first):
            at, end = 0, len(block)
            while at + _PIECE.size <= end:
                stated, length, kind = _PIECE.unpack_from(block, at)
                start, at = at, at + _PIECE.size + length
                if not kind and not length:  # the rest of the block is filled with nothing
                    break
                if at > end:
                    if end == _BLOCK - first:
                        raise Unusable(f"{path} is damaged before byte {file.tell()}")
                    yield None  # its program was killed, or writes on
                    return
                if zlib.crc32(block[start + 6 : at]) != stated:
                    raise Unusable(f"{path} is damaged before byte {file.tell()}")
                yield kind, block[start + _PIECE.size : at]
            first = 0
