"""Metric points: one view over the Parquet files in which they stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from goldfish.projections._duck import connect, quoted
from goldfish.projections._model import ModelView

CURVES = """
    SELECT run, stage, metrics AS digest, run AS id FROM executions WHERE metrics IS NOT NULL
    UNION ALL
    SELECT run, '', points, id FROM imported WHERE points IS NOT NULL
    ORDER BY run, stage
"""
"""Whose points are in which file."""

_COLUMNS = """
    c.id, c.run, c.stage, p.metric::VARCHAR AS metric, p.step, p.value, make_timestamp(epoch_us(p."at")) AS logged_at
"""

POINTS = ModelView(
    name="points",
    about="One row per metric point, of all stages and imported runs. Read from Parquet files when it is asked: "
    "`WHERE run = 'run-3'` reads one of them. For analysts only: `goldfish sql`, `goldfish.connect()`, exports.",
    columns={
        "id": "The experiment, as in `experiments`.",
        "run": "The run.",
        "stage": "The stage that logged it; empty for an imported run.",
        "metric": "The metric.",
        "step": "The step that was given; NULL where none was.",
        "value": "The value; NaN and infinities as they were logged.",
        "logged_at": "When it was logged (UTC); NULL where nobody wrote that down.",
    },
    sql=f"""
        SELECT {_COLUMNS} FROM read_parquet([{{files}}], filename = true) AS p
        JOIN {{catalog}}.kept.curves AS c ON c.path = p.filename
    """,  # noqa: S608 constants
)

_NONE = """
    SELECT NULL::VARCHAR AS id, NULL::VARCHAR AS run, NULL::VARCHAR AS stage, NULL::VARCHAR AS metric,
           NULL::BIGINT AS step, NULL::DOUBLE AS value, NULL::TIMESTAMP AS logged_at WHERE false
"""


@dataclass(frozen=True, slots=True)
class Curve:
    """A file of points, and whose they are."""

    id: str
    run: str
    stage: str
    path: Path


def show_points(file: Path, curves: Sequence[Curve]) -> None:
    """Add the view `points` to a DuckDB file."""
    connection = connect(file)
    try:
        if not curves:
            connection.execute(f"CREATE VIEW points AS {_NONE}")
            return
        columns = [[str(getattr(curve, name)) for curve in curves] for name in ("id", "run", "stage", "path")]
        lists = ", ".join(f"unnest(?::VARCHAR[]) AS {name}" for name in ("id", "run", "stage", "path"))
        connection.execute("CREATE SCHEMA IF NOT EXISTS kept")
        connection.execute(f"CREATE TABLE kept.curves AS SELECT {lists}", columns)
        files = ", ".join(quoted(path) for path in dict.fromkeys(columns[-1]))
        shown = POINTS.sql.format(files=files, catalog=file.stem)
        connection.execute(f"CREATE VIEW points AS {shown}")
    finally:
        connection.close()
