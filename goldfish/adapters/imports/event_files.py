"""Event files of TensorBoard: records with their lengths and checksums, read within bounds."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from goldfish.adapters.imports.json_values import Unusable
from goldfish.errors import ExtraMissing

if TYPE_CHECKING:
    from goldfish.adapters.imports.folders import Folder

LARGEST: Final = 256 << 20  # bytes of an event; checkpoints of graphs are large
_CHECKED: Final = 1 << 16  # bytes; a larger body is not checked: in Python that takes a second for each 10 MB
_HEADER: Final = struct.Struct("<QI")
_SUM: Final = struct.Struct("<I")


class Events:
    """What TensorBoard's own package knows of events. It works without TensorFlow."""

    def __init__(self) -> None:
        """Raises `ExtraMissing`."""
        try:
            from tensorboard.compat.proto import event_pb2
            from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import masked_crc32c
            from tensorboard.plugins.hparams import plugin_data_pb2
            from tensorboard.util import tensor_util
        except ImportError as error:
            package, extra = "tensorboard", "tensorboard"
            raise ExtraMissing(feature="goldfish import tensorboard", package=package, extra=extra) from error
        self._event, self._sum = event_pb2.Event, masked_crc32c
        self._settings, self._array = plugin_data_pb2.HParamsPluginData, tensor_util.make_ndarray

    def records(self, folder: Folder, path: str, *, bodies: bool = True) -> Iterator[bytes | None]:
        """The records of a file; last None where its end was cut off. Without `bodies`, they are not checked.

        Raises `Unusable`, with the place of what is damaged.
        """
        with folder.file(path) as file:
            while header := file.read(_HEADER.size):
                body = self._body(file, header, path, check=bodies)
                yield body
                if body is None:
                    return

    def read(self, record: bytes, path: str) -> Any:
        """An event. Raises `Unusable`."""
        from google.protobuf.message import DecodeError

        try:
            return self._event.FromString(record)
        except DecodeError as error:
            raise Unusable(f"{path} holds something that is no event") from error

    def settings(self, content: bytes) -> Any:
        """What the plugin of hyperparameters says; None for what cannot be understood."""
        from google.protobuf.message import DecodeError

        try:
            return self._settings.FromString(content)
        except DecodeError:
            return None

    def scalar(self, value: Any) -> float | None:
        """The number in a value of a summary; None when it is anything else."""
        kind = value.WhichOneof("value")
        if kind == "simple_value":
            return float(value.simple_value)
        if kind != "tensor" or value.metadata.plugin_data.plugin_name not in ("scalars", ""):
            return None
        # One number only: a shape of their choice would be as large as they like.
        if any(one.size != 1 for one in value.tensor.tensor_shape.dim):
            return None
        try:
            found = self._array(value.tensor)
            return float(found.item()) if found.dtype.kind in "fiu" else None
        except (TypeError, ValueError, KeyError, OverflowError):
            return None

    def _body(self, file: BinaryIO, header: bytes, path: str, *, check: bool) -> bytes | None:
        """None where the file ends before its record does: its program writes on, or was killed."""
        if len(header) < _HEADER.size:
            return None
        length, stated = _HEADER.unpack(header)
        if self._sum(header[:8]) != stated:
            raise Unusable(f"{path} is damaged before byte {file.tell()}")
        if length > LARGEST:
            raise Unusable(f"{path} holds an event of {length} bytes, more than {LARGEST}")
        body, after = file.read(length), file.read(_SUM.size)
        if len(body) < length or len(after) < _SUM.size:
            return None
        if check and length <= _CHECKED and self._sum(body) != _SUM.unpack(after)[0]:
            raise Unusable(f"{path} is damaged before byte {file.tell()}")
        return body
