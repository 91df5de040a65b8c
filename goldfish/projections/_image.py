"""All read models as they were at one moment, each computed when a query first names it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from goldfish.projections import Row
from goldfish.projections._base import Base
from goldfish.projections._duck import fill, select
from goldfish.projections._model import ReadModel
from goldfish.projections._moment import Moment
from goldfish.projections._pages import Progress
from goldfish.projections.models import MODELS
from goldfish.projections.views import VIEWS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_NAMED = re.compile(r"\b(?:from|join)\s+([a-z_]+)", re.IGNORECASE)

_EITHER = """
    CREATE VIEW {name} AS
    SELECT * FROM {catalog}.{name} WHERE key NOT IN (FROM touched) UNION ALL SELECT * FROM {table}
"""

_EVENTS_KEPT = ["CREATE TABLE {catalog}.main.events AS SELECT * FROM {log} WHERE "]
_EVENTS_BESIDE = [
    "CREATE TABLE {catalog}.kept.tail AS SELECT * FROM {log} WHERE position > {position} AND ",
    "CREATE VIEW {catalog}.main.events AS SELECT * FROM {catalog}.kept.tail UNION ALL SELECT * FROM {base}.log WHERE ",
]
_KEPT = ["CREATE TABLE {catalog}.main.{name} AS FROM memory.{schema}.{name}"]
_BESIDE = [
    "CREATE TABLE {catalog}.kept.{name} AS FROM memory.{schema}.fresh_{name}",
    """
        CREATE VIEW {catalog}.main.{name} AS SELECT * FROM {base}.{name} WHERE key NOT IN (FROM {catalog}.kept.touched)
        UNION ALL SELECT * FROM {catalog}.kept.{name}
    """,
]

_DIFFERENCE = """
    SELECT count(*) AS n, min(key) AS key, (SELECT count(*) FROM {a}) AS rows
    FROM ((FROM {a} EXCEPT ALL FROM {b}) UNION ALL (FROM {b} EXCEPT ALL FROM {a}))
"""


class Image:
    """The models at a moment, in a schema of their own.

    A base holds the models at another moment. A row there is right here too, unless an event between the two
    positions touched its key: so a base serves moments on both sides of it. The rows of touched keys are computed
    again from the events up to the `moment`; the others are read from the base.
    """

    def __init__(
        self, connection: DuckDBPyConnection, schema: str, log: str, moment: Moment, base: Base | None
    ) -> None:
        self.schema = schema
        self.moment = moment
        self._connection = connection.cursor()
        self._log = log
        self._base = base
        self._made: dict[str, set[str]] = {}  # model → keys touched since it was computed
        self._run("CREATE SCHEMA memory.{schema}; USE memory.{schema}", schema=schema)
        self._show_events()
        self._touched = set() if base is None else self._apart(base.position)

    def rows(self, sql: str, parameters: list[object] | None = None) -> list[Row]:
        """The answer to a query over `events` and the models named after FROM or JOIN, a dict for each row."""
        self.make_ready(sql)
        cursor = self._connection.execute(sql, parameters)
        names = [column[0] for column in cursor.description or ()]
        times = [column[0] for column in cursor.description or () if column[1] == "TIMESTAMP"]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        for row in rows if times else ():
            row.update({name: row[name].replace(tzinfo=UTC) for name in times if row[name] is not None})
        return rows

    def make_ready(self, sql: str) -> None:
        """Compute what a query names after FROM or JOIN, if that was not done yet."""
        for word in dict.fromkeys(_NAMED.findall(sql)):
            if word in MODELS:
                self._make_ready(MODELS[word])
            elif word in VIEWS:
                self.make_ready(VIEWS[word].sql)
                self._connection.execute(fill("CREATE OR REPLACE VIEW {name} AS ", name=word) + VIEWS[word].sql)

    def advance(self, moment: Moment, keys: set[str]) -> None:
        """Move on to a later moment: `keys` are those that the events in between touched."""
        self.moment = moment
        self._show_events()
        if self._base is not None:
            new = sorted(keys - self._touched)
            self._connection.execute("INSERT INTO touched SELECT unnest(?::VARCHAR[])", [new])
            self._touched.update(new)
        for name, stale in self._made.items():
            stale.update(key for key in keys if key.startswith(MODELS[name].keys))

    def put_into(self, catalog: str, names: Iterable[str]) -> None:
        """Show relations in an empty attached database, which is read beside our base later on and elsewhere."""
        names = list(names)
        self.make_ready(" ".join(f"FROM {name}" for name in names))
        shown: dict[str, str | int] = {"catalog": catalog, "log": self._log, "schema": self.schema}
        if self._base is not None:
            shown.update(base=self._base.catalog, position=self._base.position)
        self._run("CREATE SCHEMA {catalog}.kept", **shown)
        for template in _EVENTS_KEPT if self._base is None else _EVENTS_BESIDE:
            self._connection.execute(fill(template, **shown) + self.moment.condition)
        if self._base is not None:
            self._run("CREATE TABLE {catalog}.kept.touched AS FROM memory.{schema}.touched", **shown)
        for name in self._made:
            for template in _KEPT if self._base is None else _BESIDE:
                self._run(template, name=name, **shown)
        self._run("USE {catalog}", **shown)
        for name in names:
            if name in VIEWS:
                self._connection.execute(fill("CREATE VIEW {name} AS ", name=name) + VIEWS[name].sql)
        self._run("USE memory.{schema}", **shown)

    def drop(self) -> None:
        """Forget it."""
        self._run("USE memory.main; DROP SCHEMA memory.{schema} CASCADE", schema=self.schema)
        self._connection.close()

    def _show_events(self) -> None:
        shown = fill("CREATE OR REPLACE VIEW events AS SELECT * FROM {log} WHERE ", log=self._log)
        self._connection.execute(shown + self.moment.condition)

    def _apart(self, base: int) -> set[str]:
        """The keys of the events that only one of the two knows: we, or the base at that position."""
        asked = fill("CREATE TABLE touched AS SELECT DISTINCT key FROM {log} WHERE ", log=self._log)
        if self.moment.time is None:
            low, high = sorted((base, self.moment.position))
            apart = f"position > {low:d} AND position <= {high:d}"
        else:
            apart = f"(position <= {base:d}) <> ({self.moment.condition})"
        self._connection.execute(asked + apart)
        return {key for (key,) in self._connection.execute("FROM touched").fetchall()}

    def _make_ready(self, model: ReadModel) -> None:
        for name in model.reads:
            self._make_ready(MODELS[name])
        if model.name not in self._made:
            self._make(model)
            self._made[model.name] = set()
        elif self._made[model.name]:
            self._refresh(model, sorted(self._made[model.name]))
            self._made[model.name].clear()

    def _make(self, model: ReadModel) -> None:
        table = self._table(model)
        if self._base is None:
            self._connection.execute(fill("CREATE TABLE {table} AS ", table=table) + self._computed(model, "true"))
            return
        names = {"catalog": self._base.catalog, "name": model.name, "table": table}
        if any(key.startswith(model.keys) for key in self._touched):
            computed = self._computed(model, "key IN (FROM touched)")
            self._connection.execute(fill("CREATE TABLE {table} AS ", table=table) + computed)
        else:
            self._run("CREATE TABLE {table} AS SELECT * FROM {catalog}.{name} LIMIT 0", **names)
        self._run(_EITHER, **names)

    def _refresh(self, model: ReadModel, keys: list[str]) -> None:
        table = self._table(model)
        given = "key IN (SELECT unnest($1::VARCHAR[]))"
        self._connection.execute(fill("DELETE FROM {table} WHERE ", table=table) + given, [keys])
        self._connection.execute(fill("INSERT INTO {table} ", table=table) + self._computed(model, given), [keys])

    def _computed(self, model: ReadModel, where: str) -> str:
        return select(model, self._log, self.moment, where, table=self._place)

    def _place(self, name: str) -> str:
        """Where the rows of a model are that are not the base's, those of all touched keys among them."""
        return f"memory.{self.schema}.{self._table(MODELS[name])}"

    def _table(self, model: ReadModel) -> str:
        return model.name if self._base is None else f"fresh_{model.name}"

    def _run(self, template: str, **names: str | int) -> None:
        self._connection.execute(fill(template, **names))


@dataclass(frozen=True, slots=True)
class Compared:
    """One relation of two images: how many rows it has, how many of them are in one image only, and on which key."""

    name: str
    rows: int
    differing: int
    key: str | None


def compared(kept: Image, computed: Image, progress: Progress | None = None) -> list[Compared]:
    """Each relation of two images of the same moment, row by row."""
    found = []
    names = ("events", *MODELS)
    for done, name in enumerate(names):
        if progress is not None:
            progress(name, done, len(names))
        for image in (kept, computed):
            image.rows(fill("SELECT 1 FROM {name} LIMIT 0", name=name))
        ours, theirs = f"memory.{kept.schema}.{name}", f"memory.{computed.schema}.{name}"
        row = kept.rows(fill(_DIFFERENCE, a=ours, b=theirs))[0]
        found.append(Compared(name, row["rows"], row["n"], row["key"]))
    return found
