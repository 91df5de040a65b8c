"""The ledger's events in pages: as rows, or as one stream of Arrow batches for very many of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from goldfish.errors import LedgerCorrupt

if TYPE_CHECKING:
    import pyarrow

    from goldfish.ports import EventBlock, EventLog

Progress = Callable[[str, int, int], None]
"""Is told what is read or made, how many of it are done, and of how many."""

Row = tuple[int, str, int, str, str]

PAGE = 500  # events held in Python at once
LARGE_PAGE = 2_000  # the same while they are small: a quarter less time for each
ROOM = 2 << 20  # bytes of a page, judged by the events of the page before


def rows(log: EventLog, after: int, upto: int) -> list[Row]:
    """The next page, from the very next position on. Raises `LedgerCorrupt` where a position is missing.

    Rows delivered again are passed over; none is ever skipped.
    """
    page: list[Row] = []
    for row in log.rows(after, upto, PAGE):
        if row[0] == after + len(page) + 1:
            page.append(row)
        elif row[0] > after + len(page) + 1:
            raise LedgerCorrupt(position=after + len(page) + 1, why=f"the event is missing; {row[0]} comes instead")
    if not page:
        raise LedgerCorrupt(position=after + 1, why="the event is missing")
    return page


class Batches:
    """The events with after < position <= upto as Arrow batches of a page each.

    Whoever reads them knows only that reading failed; `raise_again` says why.
    """

    def __init__(self, log: EventLog, after: int, upto: int, progress: Progress | None) -> None:
        self._log = log
        self._after = after
        self._upto = upto
        self._progress = progress
        self._failed: BaseException | None = None

    def reader(self) -> pyarrow.RecordBatchReader:
        """To be read once, by any thread."""
        import pyarrow

        return pyarrow.RecordBatchReader.from_batches(_schema(), self._batches())

    def raise_again(self) -> None:
        """Raise what ended the reading early."""
        if self._failed is not None:
            raise self._failed

    def _batches(self) -> Iterator[pyarrow.RecordBatch]:
        after, page = self._after, PAGE
        try:
            while after < self._upto:
                batch = self._next(after, min(after + page, self._upto))
                after += batch.num_rows
                page = max(1, min(LARGE_PAGE, ROOM * batch.num_rows // max(1, batch.nbytes)))
                yield batch
                if self._progress is not None:
                    self._progress("events", after, self._upto)
        except BaseException as error:
            self._failed = error  # it passes through C on its way, which keeps only its text
            raise

    def _next(self, after: int, upto: int) -> pyarrow.RecordBatch:
        block = self._log.block(after, upto)
        if block is None:
            return _batch_of_rows(rows(self._log, after, upto))
        return _batch_of_block(block, after)


def _schema() -> pyarrow.Schema:
    import pyarrow

    text, number = pyarrow.string(), pyarrow.int64()
    columns = {"position": number, "stream": text, "version": number, "name": text, "record": text}
    return pyarrow.schema(list(columns.items()))


def _batch_of_rows(page: list[Row]) -> pyarrow.RecordBatch:
    import pyarrow

    return pyarrow.record_batch([list(column) for column in zip(*page, strict=True)], schema=_schema())


def _batch_of_block(block: EventBlock, after: int) -> pyarrow.RecordBatch:
    """The block's own bytes, the records without a copy, with the places where each text ends beside them."""
    import numpy
    import pyarrow

    versions = numpy.fromstring(block.versions, dtype=numpy.int64, sep=",")
    count = len(versions)

    def text(ends: Any, together: Any) -> pyarrow.StringArray:
        offsets = numpy.zeros(count + 1, dtype=numpy.int32)
        offsets[1:] = ends
        found = pyarrow.StringArray.from_buffers(count, pyarrow.py_buffer(offsets), pyarrow.py_buffer(together))
        try:
            found.validate(full=True)
        except pyarrow.ArrowInvalid as error:
            raise LedgerCorrupt(position=after + 1, why="this event or one soon after it is no text") from error
        return found

    def lines(together: bytes) -> pyarrow.StringArray:
        found = numpy.frombuffer(together + b"\n", dtype=numpy.uint8)
        ends = numpy.flatnonzero(found == ord("\n"))
        return text(ends - numpy.arange(count), numpy.delete(found, ends))

    lengths = numpy.fromstring(block.lengths, dtype=numpy.int64, sep=",")
    columns = [
        pyarrow.array(numpy.arange(after + 1, after + count + 1)),
        lines(block.streams),
        pyarrow.array(versions),
        lines(block.names),
        text(numpy.cumsum(lengths), block.records),
    ]
    return pyarrow.record_batch(columns, schema=_schema())
