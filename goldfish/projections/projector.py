"""The projector: keeps the read models of one process in step with the ledger."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from goldfish.projections import Row
from goldfish.projections._base import Base
from goldfish.projections._bases import Bases
from goldfish.projections._duck import connect, quoted
from goldfish.projections._image import Compared, compared
from goldfish.projections._mirror import Mirror
from goldfish.projections._moment import Moment
from goldfish.projections._pages import Progress

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from goldfish.ports import EventLog

T = TypeVar("T")

PUBLISH_AFTER = 2_000
"""Events in the tail after which a new base pays for itself."""


@dataclass(frozen=True, slots=True)
class View:
    """The read models at one moment. Everything asked of one view is of that moment.

    `position` is that of the last event that it shows.
    """

    projector: Projector
    position: int
    moment: Moment

    def rows(self, sql: str, *parameters: object) -> list[Row]:
        """The answer to SQL over `events` and the models by name, a dict for each row."""
        return self.projector.rows(self.moment, sql, list(parameters))

    def row(self, sql: str, *parameters: object) -> Row | None:
        """The first row of the answer, if there is one."""
        return next(iter(self.rows(sql, *parameters)), None)


@dataclass(frozen=True, slots=True)
class Check:
    """What `Projector.check` found, relation by relation; or why it could not."""

    position: int
    relations: list[Compared]
    unreadable: str | None = None

    @property
    def is_sound(self) -> bool:
        """Whether all is as the log says."""
        return self.unreadable is None and not any(relation.differing for relation in self.relations)


class Projector:
    """Answers SQL about the ledger at any moment.

    Every process has its own; none changes anything that another one sees, but for base files in `cache`, which are
    put in place whole and may be deleted at any time. Without a `cache` all is kept in memory. May be used by many
    threads. Every method raises `LedgerCorrupt` when a position is missing from the log.
    """

    def __init__(self, log: EventLog, cache: Path | None = None, *, publish_after: int | None = None) -> None:
        self._log = log
        self._bases = Bases(log, cache, PUBLISH_AFTER if publish_after is None else publish_after)
        self._lock = threading.RLock()
        self._connection: DuckDBPyConnection | None = None
        self._mirror: Mirror | None = None
        self._token: object = None

    def at(self, as_of: int | datetime | None = None) -> View:
        """The models now, or as they were at a position or a time; beyond the head means now."""
        with self._lock:
            mirror = self._refreshed()
            if isinstance(as_of, datetime):
                moment, shown = mirror.moment(as_of)
                return View(self, shown, moment)
            position = mirror.position if as_of is None else max(0, min(as_of, mirror.position))
            return View(self, position, Moment(position, position))

    def rows(self, moment: Moment, sql: str, parameters: list[object]) -> list[Row]:
        """The answer to SQL at a moment; see `View.rows`."""
        return self._trying(lambda mirror: mirror.image(moment).rows(sql, parameters))

    def put_into(self, file: Path, moment: Moment, names: Sequence[str]) -> Base | None:
        """Write what a moment shows of these relations into a new DuckDB file, called as its catalog will be.

        Views in it read also from the base that is returned, by its catalog name.
        """
        return self._trying(lambda mirror: self._put_into(mirror, file, moment, names))

    def distrust(self, base: Base) -> None:
        """Throw away a base that turned out to be damaged elsewhere."""
        with self._lock:
            self.close()
            self._bases.reject(base.path)

    def rebuild(self, progress: Progress | None = None) -> int:
        """Compute everything again from the log alone; returns the position.

        Until the new base is whole, everybody else reads the old one.
        """
        with self._lock:
            self.close()
            self._bases.renew(self._log.head(), progress)
            return self._refreshed(progress).position

    def check(self, progress: Progress | None = None) -> Check:
        """Compare each model with the same model computed from the log alone.

        A base that cannot be read is thrown away, and named.
        """
        import duckdb

        with self._lock:
            mirror = self._refreshed()
            fresh = Mirror(self._connected(), "fresh", None)
            try:
                fresh.advance(self._log, mirror.position, progress)
                now = Moment(mirror.position, mirror.position)
                found = compared(mirror.image(now), fresh.image(now), progress)
            except duckdb.Error as error:
                self.close()
                if mirror.base is None:
                    raise
                self._bases.reject(mirror.base.path)
                return Check(mirror.position, [], f"{mirror.base.path.name} was thrown away: {error}")
            fresh.drop()
            return Check(mirror.position, found)

    def close(self) -> None:
        """Let go of everything. The next question opens it again."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = self._mirror = self._token = None

    def _trying(self, work: Callable[[Mirror], T]) -> T:
        """Do something with the mirror; once again without a base that turns out to be damaged."""
        import duckdb

        with self._lock:
            mirror = self._mirror or self._refreshed()
            try:
                return work(mirror)
            except duckdb.Error:
                self.close()
                if mirror.base is None:
                    raise
                self._bases.reject(mirror.base.path)
            return work(self._refreshed())

    def _put_into(self, mirror: Mirror, file: Path, moment: Moment, names: Sequence[str]) -> Base | None:
        file.unlink(missing_ok=True)
        connection = self._connected()
        connection.execute(f"ATTACH {quoted(str(file))} AS {file.stem}")
        mirror.image(moment).put_into(file.stem, names)
        connection.execute(f"DETACH {file.stem}")
        return mirror.base

    def _refreshed(self, progress: Progress | None = None) -> Mirror:
        token = self._log.token()
        if self._mirror is not None and token == self._token:
            return self._mirror
        mirror = self._mirror or self._opened()
        head = max(self._log.head(), mirror.position)
        if self._bases.advance(mirror.base, head, progress):
            self.close()
            mirror = self._opened()
        if head > mirror.position:
            mirror.advance(self._log, head, progress)
        self._token = token
        return mirror

    def _opened(self) -> Mirror:
        connection = self._connected()
        self._mirror = Mirror(connection, "ours", self._bases.newest(connection))
        return self._mirror

    def _connected(self) -> DuckDBPyConnection:
        if self._connection is None:
            self._connection = connect(spill=self._bases.spill)
        return self._connection
