"""The ledger's events inside DuckDB: a base file up to some position, and the tail after it in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldfish.projections._base import Base
from goldfish.projections._duck import EVENTS, fill, speed_up
from goldfish.projections._image import Image
from goldfish.projections._load import Progress, load

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from goldfish.ports import EventLog

LONG = 20_000  # events from which the second thread pays for itself
KEPT = 3  # images of the past that are kept for the next question


class Mirror:
    """All events up to `position`, as the relation `<schema>.log`; and images of the models at any position."""

    def __init__(self, connection: DuckDBPyConnection, schema: str, base: Base | None) -> None:
        self.base = base
        self.position = base.position if base else 0
        self._connection = connection
        self._schema = schema
        self._tail = f"memory.{schema}.tail"
        self._log = f"memory.{schema}.log"
        self._images: dict[int, Image] = {}
        self._now: Image | None = None
        self._count = 0
        connection.execute(fill("CREATE SCHEMA memory.{schema}", schema=schema))
        connection.execute(fill("CREATE TABLE {tail} (", tail=self._tail) + EVENTS + ")")
        if base is not None and base.position > LONG:
            speed_up(connection)
        if base is None:
            shown = fill("SELECT * FROM {tail}", tail=self._tail)
        else:
            both = "SELECT * FROM {catalog}.log UNION ALL SELECT * FROM {tail}"
            shown = fill(both, catalog=base.catalog, tail=self._tail)
        connection.execute(fill("CREATE VIEW {log} AS ", log=self._log) + shown)

    def advance(self, log: EventLog, upto: int, progress: Progress | None = None) -> None:
        """Take in the events up to a position. After an error nothing was taken in."""
        if upto - self.position > LONG:
            speed_up(self._connection)
        self._connection.begin()
        try:
            keys = load(self._connection, self._tail, log, self.position, upto, progress)
        except BaseException:
            self._connection.rollback()
            raise
        self._connection.commit()
        self.position = upto
        if self._now is not None:
            self._now.advance(upto, keys)

    def image(self, position: int) -> Image:
        """The models at a position up to ours."""
        if position == self.position:
            if self._now is None:
                self._now = self._new(position)
            return self._now
        if position not in self._images:
            while len(self._images) >= KEPT:
                self._images.pop(next(iter(self._images))).drop()
            self._images[position] = self._new(position)
        return self._images[position]

    def drop(self) -> None:
        """Forget everything."""
        for image in [*self._images.values(), *([self._now] if self._now else [])]:
            image.drop()
        self._connection.execute(fill("DROP SCHEMA memory.{schema} CASCADE", schema=self._schema))

    def _new(self, position: int) -> Image:
        self._count += 1
        return Image(self._connection, f"{self._schema}_{self._count}", self._log, position, self.base)
