"""`MetricStore` as Parquet: the points of one execution, sealed into one file, in the order they were logged."""

from __future__ import annotations

import io
import json
import math
import secrets
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, TypeVar, cast

from goldfish.adapters.parquet_metrics.points import (
    MOST_NAMES,
    RECORD,
    Names,
    Records,
    is_foreign_name,
    is_name,
    opened,
)
from goldfish.adapters.parquet_metrics.printed import read_printed
from goldfish.adapters.parquet_metrics.written import FILE, read_written
from goldfish.errors import ArtifactMissing
from goldfish.ports import Sealed, Unread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    import numpy as np
    import pyarrow as pa

    from goldfish.adapters.parquet_metrics.summaries import Summaries
    from goldfish.domain.names import Digest
    from goldfish.ports import Artifacts, Point, Stored

    Points = np.ndarray[tuple[int], np.dtype[np.void]]

T = TypeVar("T")

_RECORD = [("name", "<u4"), ("step", "<i8"), ("value", "<f8"), ("at", "<f8")]
_CHUNK = 1 << 20  # records held in memory, and rows of a row group
_LARGEST_NAMES = 8 << 20  # bytes
_MOST_SUMMARIES = 1_000
_LATEST = 253_402_300_799.0  # seconds since 1970 until the end of the year 9999
_FEW = 100_000  # points that are sealed in memory
_LARGEST_STEP = (1 << 63) - 1
_NAMED = 5  # points that are left out, by name
_SPOOL = 8 << 20  # bytes of points from text in memory


class ParquetMetrics:
    """Seals metric points into `artifacts`; `scratch` is a directory for a file in the making."""

    def __init__(self, artifacts: Artifacts, scratch: Path) -> None:
        self._artifacts = artifacts
        self._scratch = scratch

    def seal(self, directory: Path, *, printed: bool = False) -> Sealed:
        """As the port says. Memory is bounded by a chunk of a million points, whatever the stage wrote."""
        logged = _names(directory)
        names = Names(logged)
        self._scratch.mkdir(parents=True, exist_ok=True)
        with (
            opened(directory, "metrics.bin") as binary,
            tempfile.SpooledTemporaryFile(_SPOOL, dir=str(self._scratch)) as spool,
        ):
            text = cast("BinaryIO", spool)  # it has all that is asked of a file here
            records = Records(text, names)
            unread = _read_text(directory, records, read_written, FILE)
            if printed and not records.count and (binary is None or not _used([_Source(binary, len(logged))])):
                _read_text(directory, records, read_printed, "log.txt")
            records.flush()
            sources = [_Source(text, MOST_NAMES)]
            return self._seal([_Source(binary, len(logged)), *sources] if binary else sources, names.all(), unread)

    def keep(self, points: Iterable[Point]) -> Sealed:
        """As the port says. Points wait in a file of their own when they are many."""
        names = Names([], is_foreign_name)
        self._scratch.mkdir(parents=True, exist_ok=True)
        with tempfile.SpooledTemporaryFile(_SPOOL, dir=str(self._scratch)) as spool:
            text = cast("BinaryIO", spool)  # it has all that is asked of a file here
            records = Records(text, names)
            left_out: list[str] = []
            unread = 0
            for point in points:
                if not _take(records, point):
                    unread += 1
                    left_out += [f"{point.metric[:60]!r} at step {point.step}"] if unread <= _NAMED else []
            records.flush()
            said = Unread("points", unread, left_out) if unread else None
            return self._seal([_Source(text, MOST_NAMES)], names.all(), said, few=records.count <= _FEW)

    def _seal(self, sources: list[_Source], names: list[str], unread: Unread | None, *, few: bool = False) -> Sealed:
        from goldfish.adapters.parquet_metrics.summaries import Summaries

        used = _used(sources)
        if not used:
            return Sealed(None, 0, {}, 0, unread)
        # Sorted by name, so that the bytes depend on the points alone and not on who was named first.
        order = sorted(used, key=names.__getitem__)
        places = {number: place for place, number in enumerate(order)}
        series = Summaries(len(order))
        chunks, called = _chunks(sources, places), [names[number] for number in order]
        stored = self._put_few(called, chunks, series) if few else self._put_many(called, chunks, series)
        summary = {names[number]: series.of(place) for place, number in enumerate(order[:_MOST_SUMMARIES])}
        return Sealed(stored.digest, series.points, summary, max(0, len(order) - _MOST_SUMMARIES), unread)

    def _put_few(self, names: list[str], chunks: Iterator[Points], series: Summaries) -> Stored:
        """Points that fit into memory. The same ones again are not written again."""
        held = io.BytesIO()
        _write(held, names, chunks, series)
        return self._artifacts.put_bytes(held.getvalue())

    def _put_many(self, names: list[str], chunks: Iterator[Points], series: Summaries) -> Stored:
        temporary = self._scratch / f"metrics.{secrets.token_hex(6)}.parquet"
        try:
            _write(temporary, names, chunks, series)
            return self._artifacts.put_file(temporary)
        finally:
            temporary.unlink(missing_ok=True)

    def series(self, digest: Digest, metric: str | None = None) -> dict[str, list[tuple[int | None, float]]]:
        """As the port says."""
        import pyarrow
        import pyarrow.parquet

        try:
            table = pyarrow.parquet.read_table(
                self._artifacts.path(digest),
                columns=["metric", "step", "value"],
                filters=None if metric is None else [("metric", "=", metric)],
                page_checksum_verification=True,
            )
        except (pyarrow.ArrowException, OSError) as error:
            raise ArtifactMissing(digest=digest, why=str(error)) from error
        return _series(table)


def _take(records: Records, point: Point) -> bool:
    """Put a point where the others are, if it can be used."""
    step = point.step if point.step is not None and point.step >= 0 else None
    if step is not None and step > _LARGEST_STEP:
        return False
    at = point.at if point.at is not None and math.isfinite(point.at) else None
    return records.add(point.metric, step, point.value, at)


def _series(table: pa.Table) -> dict[str, list[tuple[int | None, float]]]:
    """The points by metric; metrics come in the order of their names, points in the order they were logged."""
    import numpy as np

    metric = table.column("metric").unify_dictionaries().combine_chunks()
    if not len(metric):
        return {}
    numbers = metric.indices.to_numpy()
    order = np.argsort(numbers.astype(np.uint16), kind="stable")
    places = np.searchsorted(numbers[order], np.arange(len(metric.dictionary) + 1))
    steps = table.column("step").fill_null(-1).to_numpy()[order]
    values = table.column("value").to_numpy()[order]
    found: dict[str, list[tuple[int | None, float]]] = {}
    for number, name in enumerate(metric.dictionary.to_pylist()):
        here = slice(places[number], places[number + 1])
        known = [None if step < 0 else step for step in steps[here].tolist()]
        if known:
            found[name] = list(zip(known, values[here].tolist(), strict=True))
    return found


def _write(path: Path | BinaryIO, names: list[str], chunks: Iterator[Points], series: Summaries) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = [("metric", pa.dictionary(pa.int32(), pa.string())), ("step", pa.int64()), ("value", pa.float64())]
    schema = pa.schema([*columns, ("at", pa.timestamp("us", "UTC"))])
    with pq.ParquetWriter(
        path,
        schema,
        version="2.6",
        compression="zstd",
        compression_level=1,
        use_dictionary=["metric"],
        write_page_checksum=True,
    ) as writer:
        for points in chunks:
            series.add(points["name"], points["step"], points["value"])
            writer.write_table(_table(points, names, schema), row_group_size=_CHUNK)


def _table(points: Points, names: list[str], schema: pa.Schema) -> pa.Table:
    import numpy as np
    import pyarrow as pa

    unknown = np.isnan(points["at"])
    seconds = np.clip(np.where(unknown, 0.0, points["at"]), 0.0, _LATEST)
    return pa.Table.from_arrays(
        [
            pa.DictionaryArray.from_arrays(points["name"].astype(np.int32), pa.array(names)),
            pa.array(points["step"], mask=points["step"] < 0),
            pa.array(np.ascontiguousarray(points["value"])),
            pa.array(np.round(seconds * 1e6).astype(np.int64), mask=unknown).cast(schema.field("at").type),
        ],
        schema=schema,
    )


def _names(directory: Path) -> list[str]:
    """The names by id. What follows a torn or unusable line is unknown, and so are the points that use it."""
    names: dict[str, None] = {}
    with opened(directory, "metrics.names") as file:
        lines = file.read(_LARGEST_NAMES).split(b"\n")[:-1] if file is not None else []
    for line in lines[:MOST_NAMES]:
        try:
            name = json.loads(line)
        except (ValueError, RecursionError):
            break
        if not isinstance(name, str) or not is_name(name) or name in names:
            break
        names[name] = None
    return list(names)


def _read_text(directory: Path, records: Records, read: Callable[[BinaryIO, Records], T], name: str) -> T | None:
    with opened(directory, name) as file:
        return read(file, records) if file is not None else None


@dataclass(frozen=True, slots=True)
class _Source:
    """A file of records; `names` is how many names its writer knew."""

    file: BinaryIO
    names: int

    def chunks(self) -> Iterator[Points]:
        """Whole records of known names, from the beginning on; a torn last one is dropped."""
        import numpy as np

        self.file.seek(0)
        while data := self.file.read(_CHUNK * RECORD.size):
            points = np.frombuffer(data, dtype=_RECORD, count=len(data) // RECORD.size)
            yield points[points["name"] < self.names]


def _used(sources: list[_Source]) -> list[int]:
    """The name ids that occur."""
    import numpy as np

    counts = np.zeros(MOST_NAMES, dtype=np.int64)
    for source in sources:
        for points in source.chunks():
            counts += np.bincount(points["name"], minlength=MOST_NAMES)
    return [int(number) for number in np.flatnonzero(counts)]


def _chunks(sources: list[_Source], places: dict[int, int]) -> Iterator[Points]:
    """The points with their names replaced by places."""
    import numpy as np

    place = np.zeros(MOST_NAMES, dtype=np.uint32)
    place[list(places)] = list(places.values())
    for source in sources:
        for points in source.chunks():
            known = points.copy()
            known["name"] = place[known["name"]]
            if len(known):
                yield known
