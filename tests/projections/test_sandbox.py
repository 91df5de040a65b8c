"""The DuckDB for other people's SQL: what it shows, and every way out of it that was tried.

These statements go to DuckDB itself, past the gate that only lets questions through: either of the two is enough.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow
import pyarrow.parquet
import pytest

from goldfish.domain.projects import Project
from goldfish.errors import QueryRefused, QueryWrong
from goldfish.projections.asking import one_question
from goldfish.projections.columns import COLUMNS
from goldfish.projections.points import Curve
from goldfish.projections.projector import Projector
from goldfish.projections.sandbox import RELATIONS, Bounds, named, open_sandbox, write_session
from tests.fakes.event_log import InMemoryEventLog
from tests.given_imports import history

WRITES = [
    "CREATE TABLE mine (a INT)",
    "CREATE TABLE memory.main.mine (a INT)",
    "CREATE VIEW mine AS SELECT 1",
    "CREATE MACRO mine() AS 1",
    "CREATE SEQUENCE mine",
    "CREATE SCHEMA mine",
    "INSERT INTO runs SELECT * FROM runs",
    "INSERT INTO kept.curves SELECT * FROM kept.curves",
    "DELETE FROM events",
    "UPDATE events SET name = 'x'",
    "DROP VIEW runs",
    "DROP SCHEMA main CASCADE",
    "ALTER VIEW runs RENAME TO walks",
    "MERGE INTO events USING events AS e ON true WHEN MATCHED THEN DELETE",
]
LEAVES = [
    "ATTACH '{out}/other.duckdb'",
    "ATTACH ':memory:' AS other",
    "COPY runs TO '{out}/runs.csv'",
    "COPY (SELECT 1) TO '{out}/one.parquet'",
    "COPY FROM DATABASE goldfish TO memory",
    "EXPORT DATABASE '{out}/all'",
    "IMPORT DATABASE '{out}'",
    "INSTALL httpfs",
    "INSTALL httpfs FROM '{out}'",
    "LOAD httpfs",
    "LOAD '{out}/x.duckdb_extension'",
    "FROM import_database('{out}')",
    "FROM load_extension('httpfs')",
    "FROM read_csv('{out}/secret.csv')",
    "FROM read_csv_auto('{out}/secret.csv')",
    "FROM sniff_csv('{out}/secret.csv')",
    "FROM read_text('{out}/secret.csv')",
    "FROM read_blob('{out}/secret.csv')",
    "FROM read_text('/etc/passwd')",
    "FROM read_json('{out}/secret.json')",
    "FROM read_ndjson_objects('{out}/secret.json')",
    "FROM read_parquet('{out}/secret.parquet')",
    "FROM parquet_scan(['{out}/secret.parquet'])",
    "FROM parquet_metadata('{out}/secret.parquet')",
    "FROM parquet_schema('{out}/secret.parquet')",
    "FROM parquet_kv_metadata('{out}/secret.parquet')",
    "FROM read_duckdb('{out}/secret.duckdb')",
    "FROM glob('/*')",
    "FROM glob('{out}/*')",
    "FROM '{out}/secret.csv'",
    "FROM '{out}/secret.parquet'",
    "FROM 'https://example.org/a.csv'",
    "FROM read_parquet('s3://bucket/a.parquet')",
    "FROM query('FROM read_text(''/etc/passwd'')')",
    "FROM query_table('/etc/passwd')",
    "FROM json_execute_serialized_sql(json_serialize_sql('FROM read_text(''/etc/passwd'')'))",
    "FROM duckdb_secrets()",
    "FROM which_secret('s3://x', 's3')",
    "CREATE SECRET mine (TYPE s3)",
    "SELECT getenv('HOME')",
    "FROM here",
]
SETTINGS = [
    "SET enable_external_access = true",
    "RESET enable_external_access",
    "SET lock_configuration = false",
    "RESET lock_configuration",
    "SET GLOBAL memory_limit = '100GB'",
    "SET SESSION threads = 64",
    "SET allowed_directories = ['/']",
    "SET allowed_paths = ['/etc/passwd']",
    "SET temp_directory = '{out}'",
    "SET autoinstall_known_extensions = true",
    "SET custom_extension_repository = '{out}'",
    "PRAGMA memory_limit = '100GB'",
    "PRAGMA enable_profiling",
    "SET profiling_output = '{out}/profile'",
    "CALL enable_logging()",
]
LOOKS = ["DESCRIBE runs", "SHOW TABLES", "SUMMARIZE runs", "VALUES (1)", "FROM runs", "TABLE runs", "(SELECT 1)"]
OTHERS = ["BEGIN", "EXPLAIN SELECT 1", "PREPARE a AS SELECT 1", "EXECUTE a", "VACUUM", "CHECKPOINT", "USE memory"]


@contextlib.contextmanager
def sandbox(
    projector: Projector, place: Path, *names: str, bounds: Bounds | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The sandbox of what a projector knows now."""
    place.mkdir()
    session = write_session(projector.at(), place, names or RELATIONS)
    connection = open_sandbox(session, bounds=bounds)
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with files that are nobody's business."""
    place = tmp_path_factory.mktemp("outside")
    (place / "secret.csv").write_text("a\n1\n")
    (place / "secret.json").write_text('{"a": 1}\n')
    pyarrow.parquet.write_table(pyarrow.table({"a": [1]}), place / "secret.parquet")
    with duckdb.connect(str(place / "secret.duckdb")) as other:
        other.execute("CREATE TABLE a AS SELECT 1")
    return place


def filled() -> InMemoryEventLog:
    """A log with three imported runs and many thoughts."""
    log = InMemoryEventLog()
    for stream, event in history():
        log.append(stream, event)
    log.append("project", *[Project.ThoughtLogged(text=f"thought {n}") for n in range(50)])
    return log


@pytest.fixture(scope="module", params=["in memory", "beside a base"])
def locked(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A sandbox of a small project, and of one whose models are in a base file."""
    place = tmp_path_factory.mktemp("project")
    cache = place / "cache" if request.param == "beside a base" else None
    with sandbox(Projector(filled(), cache, publish_after=10), place / "session") as connection:
        yield connection


@pytest.mark.parametrize("statement", [*WRITES, *LEAVES, *SETTINGS])
def test_no_statement_writes_leaves_or_sets_anything(
    locked: duckdb.DuckDBPyConnection, outside: Path, statement: str
) -> None:
    here = pyarrow.table({"a": [1]})
    before = sorted(outside.iterdir())
    with pytest.raises(duckdb.Error):
        locked.execute(statement.format(out=outside)).fetchall()
    with contextlib.suppress(duckdb.Error):
        locked.execute("ROLLBACK")
    assert sorted(outside.iterdir()) == before
    assert here.num_rows == 1
    assert locked.execute("SELECT count(*) FROM runs").fetchall() == [(3,)]


@pytest.mark.parametrize(
    "statement", [*WRITES, *SETTINGS, *OTHERS, "COPY runs TO 'x'", "ATTACH 'x'", "INSTALL x", "LOAD x"]
)
def test_the_gate_refuses_what_is_no_question(statement: str) -> None:
    with pytest.raises((QueryRefused, QueryWrong)):
        one_question(statement)


@pytest.mark.parametrize("statement", LOOKS)
def test_the_gate_lets_questions_through(locked: duckdb.DuckDBPyConnection, statement: str) -> None:
    assert locked.execute(one_question(statement)).fetchall() is not None


@pytest.mark.parametrize(
    "statements", ["SELECT 1; SELECT 2", "SELECT 1; DROP VIEW runs", "FROM runs; -- x\n ATTACH 'x'"]
)
def test_the_gate_refuses_two_statements(statements: str) -> None:
    with pytest.raises(QueryRefused, match="2 statements"):
        one_question(statements)


@pytest.mark.parametrize("nothing", ["", "  ", "-- a comment", ";"])
def test_the_gate_refuses_nothing(nothing: str) -> None:
    with pytest.raises(QueryRefused, match="no statement"):
        one_question(nothing)


def test_it_shows_every_relation_with_its_columns(locked: duckdb.DuckDBPyConnection) -> None:
    assert sorted(name for (name,) in locked.execute("SHOW TABLES").fetchall()) == sorted(RELATIONS)
    for name in RELATIONS:
        described = [row[0] for row in locked.execute(f"DESCRIBE {name}").fetchall()]
        assert described == [*COLUMNS[name]]


@pytest.mark.parametrize("published", [0, 10, 40])
def test_it_shows_what_the_projector_shows(tmp_path: Path, published: int) -> None:
    log = filled()
    projector = Projector(log, tmp_path / "cache" if published else None, publish_after=published)
    projector.at()
    log.append("project", *[Project.ThoughtLogged(text=f"later thought {n}") for n in range(5)])
    with sandbox(projector, tmp_path / "session") as connection:
        for name in RELATIONS:
            if name != "points":
                shown = connection.execute(f"SELECT count(*), sum(hash(t)) FROM {name} AS t").fetchall()
                (row,) = projector.at().rows(f"SELECT count(*), sum(hash(t)) FROM {name} AS t")
                assert shown == [tuple(row.values())], name


def test_a_file_that_it_reads_may_be_removed_meanwhile(tmp_path: Path) -> None:
    projector = Projector(filled(), tmp_path / "cache", publish_after=10)
    with sandbox(projector, tmp_path / "session") as connection:
        for path in [*(tmp_path / "cache").glob("base-*"), *(tmp_path / "session").iterdir()]:
            path.unlink()
        assert connection.execute("SELECT count(*) FROM thoughts").fetchall() == [(50,)]


def test_only_what_a_query_names_is_prepared(tmp_path: Path) -> None:
    assert named("SELECT * FROM Runs, (FROM params)") == ["runs", "params"]
    assert named("SELECT 1") == []
    assert named("SHOW TABLES") == named("FROM duckdb_columns()") == list(RELATIONS)


def test_points_are_read_from_the_files_that_are_named_and_from_no_other(tmp_path: Path) -> None:
    kept, other = tmp_path / "it's kept", tmp_path / "other"
    for path in (kept, other):
        columns = {"metric": ["loss", "loss"], "step": [0, 1], "value": [0.5, math.nan], "at": [None, None]}
        types = [pyarrow.string(), pyarrow.int64(), pyarrow.float64(), pyarrow.timestamp("us", "UTC")]
        schema = pyarrow.schema(list(zip(columns, types, strict=True)))
        pyarrow.parquet.write_table(pyarrow.table(columns, schema=schema), path)
    (tmp_path / "session").mkdir()
    curves = [Curve("run-1", "run-1", "a", kept), Curve("run-2", "run-2", "b", kept)]
    session = write_session(Projector(InMemoryEventLog()).at(), tmp_path / "session", RELATIONS, curves)
    with open_sandbox(session, curves) as connection:
        rows = connection.execute("SELECT run, stage, metric, step, value FROM points ORDER BY run, step").fetchall()
        assert [row[:4] for row in rows] == [
            (run, stage, "loss", step) for run, stage in (("run-1", "a"), ("run-2", "b")) for step in (0, 1)
        ]
        assert rows[0][4] == 0.5
        assert math.isnan(rows[1][4])
        with pytest.raises(duckdb.PermissionException):
            connection.execute("FROM read_parquet(?)", [str(other)])


def test_a_query_has_no_more_memory_than_it_is_given(tmp_path: Path) -> None:
    little = Bounds(memory=64 << 20)
    with (
        sandbox(Projector(filled()), tmp_path / "session", "runs", bounds=little) as connection,
        pytest.raises(duckdb.OutOfMemoryException),
    ):
        connection.execute("SELECT list(i) FROM range(1_000_000_000) AS t(i)").fetchall()
