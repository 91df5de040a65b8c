"""The ledger's events inside DuckDB: a base file up to some position, and the tail after it in memory."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from goldfish.projections._base import Base
from goldfish.projections._duck import EVENTS, fill, speed_up
from goldfish.projections._image import Image
from goldfish.projections._load import load
from goldfish.projections._moment import Moment
from goldfish.projections._pages import Progress

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
        self._images: dict[Moment, Image] = {}
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
            self._now.advance(Moment(upto, upto), keys)

    def image(self, moment: Moment) -> Image:
        """The models at a moment up to our position."""
        if moment.position == self.position and moment.time is None:
            if self._now is None:
                self._now = self._new(Moment(self.position, self.position))
            return self._now
        if moment not in self._images:
            while len(self._images) >= KEPT:
                self._images.pop(next(iter(self._images))).drop()
            self._images[moment] = self._new(moment)
        return self._images[moment]

    def moment(self, time: datetime) -> tuple[Moment, int]:
        """What was known at a time: the moment, and the last position that it shows.

        Our own events are in the order of their positions, whatever the clock said: all up to the last one that was
        recorded until then.
        """
        asked = "SELECT coalesce(max(position), 0) FROM {log} WHERE position <= {head} AND "
        known = fill(asked, log=self._log, head=self.position)
        until = time.astimezone(UTC).replace(tzinfo=None)
        ours = "happened_at IS NULL AND recorded_at <= ?"
        found = Moment(self._one(known + ours, [until]), self.position, time)
        return found, self._one(known + f"({found.condition})", [])

    def _one(self, asked: str, parameters: list[object]) -> int:
        row = self._connection.execute(asked, parameters).fetchone()
        return int(row[0]) if row is not None else 0

    def drop(self) -> None:
        """Forget everything."""
        for image in [*self._images.values(), *([self._now] if self._now else [])]:
            image.drop()
        self._connection.execute(fill("DROP SCHEMA memory.{schema} CASCADE", schema=self._schema))

    def _new(self, moment: Moment) -> Image:
        self._count += 1
        return Image(self._connection, f"{self._schema}_{self._count}", self._log, moment, self.base)
