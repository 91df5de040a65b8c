"""MLflow's SQLite file, read as it stands: nothing is written beside it, and none of MLflow is needed."""

from __future__ import annotations

import math
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from goldfish.adapters.imports.curves import gathered
from goldfish.adapters.imports.fields import NAME, moment, short
from goldfish.adapters.imports.files import MOST as MOST_RUNS
from goldfish.adapters.imports.files import Given
from goldfish.adapters.imports.json_values import Unusable
from goldfish.adapters.imports.mlflow_runs import OPEN, PARENT, Told, named_input, part, within
from goldfish.adapters.imports.stored_runs import Listed, Listing, StoredRuns
from goldfish.domain.imported import ForeignInput
from goldfish.errors import CannotImport
from goldfish.ports import ForeignPart, Point, Unreadable

_NEEDED: Final = {
    "experiments": {"experiment_id", "name", "lifecycle_stage"},
    "runs": {"run_uuid", "status", "start_time", "end_time", "lifecycle_stage", "experiment_id", "user_id"},
    "params": {"run_uuid", "key", "value"},
    "tags": {"run_uuid", "key", "value"},
    "metrics": {"run_uuid", "key", "value", "timestamp", "step", "is_nan"},
}
_LARGEST: Final = 1 << 24  # bytes of a value
_MOST_ROWS: Final = 10_001  # of params or tags of a run

_RUNS = """
SELECT run_uuid, status, start_time, end_time, experiment_id, lifecycle_stage,
  (SELECT value FROM tags WHERE tags.run_uuid = runs.run_uuid AND key = ?) FROM runs
"""
_RUN = "SELECT * FROM runs WHERE run_uuid = ?"
_PAIRS = "SELECT key, value FROM {} WHERE run_uuid = ? ORDER BY key LIMIT ?"
_POINTS = """
SELECT key, value, step, timestamp, is_nan FROM metrics WHERE run_uuid = ? ORDER BY step, timestamp, key, value
"""
_INPUTS = """
SELECT datasets.name, datasets.digest FROM inputs JOIN datasets ON dataset_uuid = source_id
WHERE destination_id = ? AND destination_type = 'RUN' AND source_type = 'DATASET' ORDER BY 1, 2 LIMIT ?
"""


class MlflowDatabase:
    """The file, and what it says of each run."""

    def __init__(self, path: Path, experiment: str | None, *, unfinished: bool) -> None:
        """Raises `CannotImport`."""
        self._path = path
        self._given = Given(path)
        try:
            self._connection = self._opened()
            self._names = self._experiments(experiment)
            self._has_inputs = all(self._columns(name) for name in ("inputs", "datasets"))
            self.listing = self._list(unfinished=unfinished)
        except BaseException as problem:
            self.close()
            if isinstance(problem, sqlite3.Error | Unusable):
                raise CannotImport(path=path, why=f"it is no store of MLflow: {problem}") from problem
            raise

    def history(self) -> StoredRuns:
        """As the port says."""
        return StoredRuns("mlflow", self.listing, self._read, self.close, self._given.unchanged)

    def close(self) -> None:
        """Let go of it."""
        if hasattr(self, "_connection"):
            self._connection.close()
        self._given.close()

    def _opened(self) -> sqlite3.Connection:
        real = self._path.resolve()
        for suffix in ("-wal", "-journal"):
            beside = real.with_name(real.name + suffix)
            if beside.exists() and beside.stat().st_size:
                why = f"{beside.name} holds what was not written into it yet: close the program that uses it"
                raise CannotImport(path=self._path, why=why)
        # Immutable: no lock is taken and no file made. `unchanged` tells when it was written to all the same.
        connection = sqlite3.connect(f"{real.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LARGEST)
        for pragma in ("trusted_schema = OFF", "cell_size_check = ON", "query_only = ON"):
            connection.execute(f"PRAGMA {pragma}")
        self._connection = connection
        for table, columns in _NEEDED.items():
            if missing := sorted(columns - self._columns(table)):
                raise Unusable(f"it has no table {table} with {missing[0]}")
        return connection

    def _columns(self, table: str) -> set[str]:
        """The columns of a table; none for a view, which could compute for ever."""
        kind = self._connection.execute("SELECT type, sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        if kind is None or kind[0] != "table" or str(kind[1]).upper().startswith("CREATE VIRTUAL"):
            return set()
        return {row[0] for row in self._connection.execute("SELECT name FROM pragma_table_info(?)", (table,))}

    def _experiments(self, wanted: str | None) -> dict[object, tuple[str, bool]]:
        """Id → name, and whether it was deleted."""
        rows = self._connection.execute(
            "SELECT experiment_id, name, lifecycle_stage FROM experiments LIMIT ?", (MOST_RUNS,)
        )
        found = {id_: (str(name), stage == "deleted") for id_, name, stage in rows}
        return chosen(self._path, found, wanted)

    def _list(self, *, unfinished: bool) -> Listing:
        listing = Listing()
        for id_, status, began, ended, experiment, stage, parent in self._connection.execute(_RUNS, (PARENT,)):
            if experiment not in self._names:
                continue
            if stage == "deleted" or self._names[experiment][1]:
                listing.leave_out("deleted")
            elif status in OPEN and not unfinished:
                listing.leave_out("still going on")
            elif len(listing.runs) == MOST_RUNS:
                raise CannotImport(path=self._path, why=f"it has more than {MOST_RUNS} runs")
            else:
                listed(listing, id_, f"run {id_}", ended if ended is not None else began, parent)
        return listing

    def _read(self, one: Listed) -> ForeignPart:
        with self._sound(one.id):
            found = self._connection.execute(_RUN, (one.id,))
            values = found.fetchone()
            if values is None:
                raise Unusable("it has no id that is text")
            row: dict[str, Any] = dict(zip([column[0] for column in found.description], values, strict=True))
            more = {"source": row.get("source_name")} if row.get("source_name") else {}
            told = Told(
                id=one.id,
                status=str(row["status"]),
                name=row.get("name"),
                user=row["user_id"],
                experiment=self._names[row["experiment_id"]][0],
                began=row["start_time"],
                ended=row["end_time"],
                version=row.get("source_version"),
                params=self._pairs("params", one.id),
                tags=self._pairs("tags", one.id),
                inputs=self._inputs(one.id),
                more=more,
            )
            return part(one.place, told, gathered(lambda: self._points(one.id)))

    def _pairs(self, table: str, run: str) -> dict[str, Any]:
        rows = self._connection.execute(_PAIRS.format(table), (run, _MOST_ROWS)).fetchall()
        within(len(rows), table)
        return {short(str(key)): value for key, value in rows}

    def _inputs(self, run: str) -> list[ForeignInput]:
        if not self._has_inputs:
            return []
        rows = self._connection.execute(_INPUTS, (run, _MOST_ROWS)).fetchall()
        within(len(rows), "datasets")
        return [named_input(name, digest) for name, digest in rows]

    def _points(self, run: str) -> Iterator[Point | None]:
        with self._sound(run):
            for key, value, step, at, is_nan in self._connection.execute(_POINTS, (run,)):
                known = isinstance(key, str) and isinstance(value, int | float) and isinstance(step, int)
                time = at / 1000 if isinstance(at, int | float) else None
                yield Point(key, math.nan if is_nan else _infinite(float(value)), step, time) if known else None

    @contextmanager
    def _sound(self, run: str) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as problem:
            raise Unusable(f"{problem}, for run {run}") from problem


def listed(listing: Listing, id_: object, place: str, at: object, parent: object) -> None:
    """List a run, or say why not."""
    known = parent if isinstance(parent, str) else None
    try:
        listing.runs.append(Listed(_time(at), short(str(id_)), place, known))
    except Unusable as problem:
        named = id_ if isinstance(id_, str) and id_.isprintable() else None
        listing.unreadable.append(Unreadable(place if named else "a run", str(problem), named and named[:NAME]))


def _time(at: object) -> datetime:
    if not isinstance(at, int | float | str):
        raise Unusable("it has neither a start nor an end")
    return moment(at, "end_time")


def chosen(
    path: Path, experiments: dict[object, tuple[str, bool]], wanted: str | None
) -> dict[object, tuple[str, bool]]:
    """The experiments to be read. Raises `CannotImport` when the one that is wanted is not among them."""
    found = {id_: one for id_, one in experiments.items() if wanted is None or one[0] == wanted}
    if wanted is not None and not found:
        known = ", ".join(sorted(name for name, _ in experiments.values())[:20]) or "none"
        raise CannotImport(path=path, why=f"it has no experiment {wanted!r}; there are: {known}")
    return found


def _infinite(value: float) -> float:
    """MLflow writes infinity as the largest number, since a column of SQL may not hold it."""
    return math.copysign(math.inf, value) if abs(value) == sys.float_info.max else value
