"""Analysts' questions in SQL, each answered by a process of its own; exports; connections for notebooks."""

from __future__ import annotations

import json
import math
import os
import stat
from pathlib import Path

import duckdb
import pyarrow.parquet
import pytest

import goldfish
from goldfish.api import Actor, Goldfish
from goldfish.api.core import Core
from goldfish.domain.projects import Project
from goldfish.errors import (
    ExportExists,
    GoldfishError,
    MomentAhead,
    NoProject,
    NotAnExport,
    QueryBroke,
    QueryOutside,
    QueryRefused,
    QueryTooLarge,
    QueryTooLong,
    QueryWrong,
    UnusableArgument,
    UnusableText,
)
from goldfish.projections.columns import COLUMNS
from goldfish.projections.sandbox import RELATIONS
from tests.given_imports import BEGIN, record
from tests.scenarios.conftest import Lab

HOSTILE = 'it\'s \x1b[31mred\x1b[0m, \u202eright\u202c,\nnew "line"; DROP TABLE runs'


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Goldfish:
    """Three imported experiments, and a thought full of tricks."""
    made = Goldfish.found(tmp_path_factory.mktemp("ledger"), Actor(kind="human", name="tester"), name="sql")
    record(made)
    made.log_thought(HOSTILE)
    return made


def test_an_answer_has_columns_rows_and_its_position(project: Goldfish) -> None:
    answer = project.sql("SELECT id, value, happened_at, flags FROM experiments ORDER BY id LIMIT 1")
    assert [(column.name, column.type) for column in answer.columns] == [
        ("id", "VARCHAR"),
        ("value", "DOUBLE"),
        ("happened_at", "TIMESTAMP"),
        ("flags", "VARCHAR[]"),
    ]
    assert answer.rows == [{"id": "E1", "value": 0.5, "happened_at": "2026-03-01T12:00:00Z", "flags": ["checked"]}]
    assert (answer.as_of, answer.more) == (project.application.journal.head(), False)


def test_an_answer_is_of_a_moment(project: Goldfish) -> None:
    asked = "SELECT count(*) AS n FROM experiments WHERE said = 'win'"
    assert [project.sql(asked, as_of=BEGIN.replace(day=day)).rows[0]["n"] for day in (1, 2, 3, 4)] == [1, 2, 2, 1]
    assert project.sql("SELECT count(*) AS n FROM events", as_of=2).rows == [{"n": 2}]
    with pytest.raises(MomentAhead):
        project.sql(asked, as_of=10_000)


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        ("NULL", None),
        ("true", True),
        ("1.5", 1.5),
        ("'NaN'::DOUBLE", "NaN"),
        ("'-inf'::DOUBLE", "-Infinity"),
        ("170141183460469231731687303715884105727", 170141183460469231731687303715884105727),
        ("[1, NULL]", [1, None]),
        ("{'a': [DATE '2026-01-02']}", {"a": ["2026-01-02"]}),
        ("MAP {1: 'x'}", {"1": "x"}),
        ("'\\xFF'::BLOB", "ff"),
        ("TIMESTAMP '2026-01-02 03:04:05'", "2026-01-02T03:04:05Z"),
        ("INTERVAL 90 MINUTE", "1:30:00"),
        ("'{\"a\": [1, 2.5]}'::JSON", {"a": [1, 2.5]}),
        ("(repeat('[', 5000) || repeat(']', 5000))::JSON", "[" * 5000 + "]" * 5000),
    ],
)
def test_values_are_as_json_can_say_them(project: Goldfish, value: str, plain: object) -> None:
    assert project.sql(f"SELECT {value} AS value").rows == [{"value": plain}]


def test_columns_of_the_same_name_are_told_apart(project: Goldfish) -> None:
    assert project.sql("SELECT 1 AS a, 2 AS a, 3 AS a_2").rows == [{"a": 1, "a_2": 2, "a_2_2": 3}]


def test_no_more_rows_than_the_limit_are_computed(project: Goldfish) -> None:
    answer = project.sql("SELECT * FROM range(1_000_000_000_000)", limit=3)
    assert (len(answer.rows), answer.more) == (3, True)
    assert project.sql("SELECT * FROM range(3)", limit=3).more is False


def test_text_that_others_wrote_is_only_text(project: Goldfish) -> None:
    assert project.sql("SELECT text FROM thoughts").rows == [{"text": HOSTILE}]


@pytest.mark.parametrize(
    ("query", "error", "says"),
    [
        ("COPY runs TO 'x.csv'", QueryRefused, "this is COPY"),
        ("SELECT 1; SELECT 2", QueryRefused, "2 statements"),
        ("PIVOT runs ON state USING count(*)", QueryRefused, "IN"),
        ("FROM read_text('/etc/passwd')", QueryOutside, "/etc/passwd"),
        ("FROM '/etc/passwd'", QueryWrong, "does not exist"),
        ("SELECT getenv('HOME')", QueryWrong, "getenv"),
        ("SELEC 1", QueryWrong, "syntax error"),
        ("SELECT 1\nFROM\nruns WHERE", QueryWrong, "line 3"),
        ("SELECT ?", QueryWrong, "parameters"),
        ("SELECT 'x'::INT", QueryWrong, "Could not convert"),
        ("SELECT error('\x1b[31m')", QueryWrong, "x1b"),
        ("FROM arrow_scan(1::BIGINT, 2::BIGINT, 3::BIGINT)", GoldfishError, ""),
    ],
)
def test_what_cannot_be_answered_is_refused_by_name(
    project: Goldfish, query: str, error: type[GoldfishError], says: str
) -> None:
    with pytest.raises(error) as refused:
        project.sql(query)
    assert says in refused.value.message
    assert refused.value.next_step
    assert refused.value.message.isprintable()


@pytest.mark.parametrize(
    ("query", "near"),
    [("FROM runz", "runs"), ("SELECT sead FROM runs", "seed"), ("SELECT roundd(1.5)", "round")],
)
def test_a_misspelled_name_is_answered_with_near_ones(project: Goldfish, query: str, near: str) -> None:
    with pytest.raises(QueryWrong) as refused:
        project.sql(query)
    assert near in refused.value.near


def test_a_column_of_another_table_is_named_with_its_tables(project: Goldfish) -> None:
    with pytest.raises(QueryWrong, match=r"experiments.* ha(s|ve) it"):
        project.sql("SELECT hypothesiss, baseline_id FROM params".replace("hypothesiss, ", ""))


@pytest.mark.parametrize(
    "query",
    [
        "SELECT count(*) FROM range(1_000_000_000_000) AS a, range(1_000_000) AS b",
        "WITH RECURSIVE t AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM t) SELECT count(*) FROM t",
        "SELECT levenshtein(repeat('a', 900_000), repeat('b', 900_000))",  # nothing interrupts this one
        "SELECT sleep_ms(3_600_000)",
    ],
)
def test_no_query_goes_on_for_ever(project: Goldfish, query: str) -> None:
    with pytest.raises(QueryTooLong, match=r"after 0\.2 s"):
        project.sql(query, seconds=0.2)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT list(i) FROM range(10_000_000_000) AS t(i)",
        "SELECT repeat('x', 8_000_000_000)",  # which DuckDB does not count
        "SELECT i, repeat('x', 1_000_000) AS text FROM range(10_000) AS t(i)",
    ],
)
def test_no_query_takes_all_memory(project: Goldfish, query: str) -> None:
    with pytest.raises((QueryTooLarge, QueryBroke, QueryTooLong, QueryWrong)):
        project.sql(query, seconds=20, memory=256 << 20)


def test_a_query_leaves_nothing_behind(project: Goldfish, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    project.sql("SELECT count(*) FROM runs")
    with pytest.raises(QueryTooLong):
        project.sql("SELECT levenshtein(repeat('a', 900_000), repeat('b', 900_000))", seconds=0.1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("bad", [{"limit": 0}, {"seconds": 0}, {"seconds": math.inf}, {"memory": 1}, {"limit": 10**9}])
def test_limits_that_are_none_are_refused(project: Goldfish, bad: dict[str, int]) -> None:
    with pytest.raises(UnusableArgument):
        project.sql("SELECT 1", **bad)


def test_a_query_that_is_no_text_is_refused(project: Goldfish) -> None:
    for query in ("SELECT '\x00'", "SELECT '\ud800'", "x" * 300_000):
        with pytest.raises(UnusableText):
            project.sql(query)


def test_an_answer_goes_into_a_parquet_file(project: Goldfish, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    done = project.sql_to_parquet("SELECT id, flags FROM experiments ORDER BY id", path, limit=2)
    assert (done.rows, done.more) == (2, True)
    assert pyarrow.parquet.read_table(path).to_pylist() == [
        {"id": "E1", "flags": ["checked"]},
        {"id": "E2", "flags": ["checked"]},
    ]
    with pytest.raises(ExportExists):
        project.sql_to_parquet("SELECT 1", path)
    with pytest.raises(QueryWrong):
        project.sql_to_parquet("SELECT nothing", path, force=True)
    assert pyarrow.parquet.read_table(path).num_rows == 2
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.parquet"]
    assert project.sql_to_parquet("SELECT 1", path, force=True).rows == 1


def test_a_damaged_cache_changes_no_answer(tmp_path: Path) -> None:
    made = Goldfish.found(tmp_path / "ledger", Actor(kind="human", name="tester"))
    thoughts = [Project.ThoughtLogged(text=f"thought {number} " + "x" * 500) for number in range(3_000)]
    made.application.execute(lambda s: Core.put(s, s.project(), lambda _: thoughts), request={"thoughts": 3_000})
    asked = "SELECT count(*) AS n, sum(length(text)) AS length FROM thoughts"
    answer = made.sql(asked)
    (base,) = made.layout.projections.glob("base-*.duckdb")
    sound = base.read_bytes()
    mended = 0
    for block in range(3 * 4096, len(sound), 1 << 18):
        damaged = sound[: block + 999] + bytes([sound[block + 999] ^ 0xFF]) + sound[block + 1000 :]
        base.unlink(missing_ok=True)
        base.write_bytes(damaged)
        assert made.sql(asked) == answer
        mended += base.read_bytes() != damaged
    assert mended > 1


def test_points_of_runs_are_read_from_their_files(lab: Lab) -> None:
    lab.one_stage(
        """
        from goldfish.metrics import log_metric
        def main():
            for step in range(3):
                log_metric("loss", 1 / (step + 1), step=step)
            log_metric("loss", float("nan"), step=3)
        """
    )
    lab.run()
    asked = "SELECT run, stage, metric, step, value FROM points ORDER BY step"
    assert [tuple(row.values()) for row in lab.goldfish.sql(asked).rows] == [
        ("run-1", "train", "loss", 0, 1.0),
        ("run-1", "train", "loss", 1, 0.5),
        ("run-1", "train", "loss", 2, 1 / 3),
        ("run-1", "train", "loss", 3, "NaN"),
    ]
    scored = "SELECT id, value, first, trend, count, finite FROM scores"
    assert lab.goldfish.sql(scored).rows == [
        {"id": "run-1", "value": 1 / 3, "first": 1.0, "trend": 1 / 3 - 1, "count": 4, "finite": False}
    ]
    spent = lab.goldfish.sql("SELECT run, stage, workspace, reused, seconds > 0 AS took FROM costs").rows
    assert spent == [{"run": "run-1", "stage": "train", "workspace": "w", "reused": False, "took": True}]


def test_points_whose_file_is_gone_are_said_to_be_missing(tmp_path: Path) -> None:
    lab = Lab(tmp_path / "lab")
    lab.one_stage("from goldfish.metrics import log_metric\ndef main():\n    log_metric('loss', 1.0, step=0)\n")
    lab.run()
    (digest,) = (row["digest"] for row in lab.goldfish.sql("SELECT metrics AS digest FROM executions").rows)
    name = str(digest).removeprefix("sha256:")
    (lab.goldfish.layout.artifacts / "sha256" / name[:2] / name[2:]).unlink()
    answer = lab.goldfish.sql("FROM points")
    lab.kill_conductor()
    assert (answer.rows, answer.missing) == ([], ["run-1/train"])


def test_a_notebook_gets_a_connection_that_only_reads(project: Goldfish) -> None:
    root = project.layout.root
    with goldfish.connect(root) as connection:
        assert connection.sql("SELECT id FROM experiments ORDER BY id").fetchall() == [("E1",), ("E2",), ("E3",)]
        assert connection.sql("FROM experiments").to_arrow_table().num_rows == 3
        connection.register("mine", pyarrow.table({"id": ["E2"], "word": ["good"]}))
        assert connection.sql("SELECT word FROM experiments JOIN mine USING (id)").fetchall() == [("good",)]
        for statement in ("CREATE TABLE x AS SELECT 1", "FROM read_text('/etc/passwd')", "SET threads = 3"):
            with pytest.raises(duckdb.Error):
                connection.sql(statement).fetchall()
    with goldfish.connect(root / ".goldfish", as_of="2026-03-01") as connection:
        assert connection.sql("SELECT id FROM experiments").fetchall() == [("E1",)]


def test_a_connection_shows_what_was_known_when_it_was_opened(tmp_path: Path) -> None:
    made = Goldfish.found(tmp_path / "ledger", Actor(kind="human", name="tester"))
    with goldfish.connect(tmp_path / "ledger") as connection:
        made.log_thought("later")
        assert connection.sql("SELECT count(*) FROM thoughts").fetchall() == [(0,)]


def test_there_is_no_connection_without_a_project(tmp_path: Path) -> None:
    with pytest.raises(NoProject):
        goldfish.connect(tmp_path)


def test_everything_goes_into_one_duckdb_file(project: Goldfish, tmp_path: Path) -> None:
    said: list[str] = []
    done = project.export("duckdb", tmp_path / "all.duckdb", on_progress=lambda what, _done, _all: said.append(what))
    assert said == list(done.rows) == list(RELATIONS)
    with (
        duckdb.connect(str(tmp_path / "all.duckdb"), read_only=True) as found,
        goldfish.connect(project.layout.root) as live,
    ):
        for name in RELATIONS:
            asked = f"SELECT count(*), sum(hash(t)) FROM {name} AS t"
            assert found.execute(asked).fetchall() == live.execute(asked).fetchall()
        told = "SELECT table_name, column_name, comment FROM duckdb_columns() WHERE NOT internal"
        comments = {(table, column): said for table, column, said in found.execute(told).fetchall() if said}
        assert found.execute("SELECT as_of FROM exported").fetchall() == [(done.as_of,)]
    assert comments == {(name, column): text for name, columns in COLUMNS.items() for column, text in columns.items()}


@pytest.mark.parametrize("to", ["parquet", "csv"])
def test_everything_goes_into_a_file_for_each_table(project: Goldfish, tmp_path: Path, to: str) -> None:
    done = project.export(to, tmp_path / "deep" / "all", as_of=BEGIN.replace(day=2))  # type: ignore[arg-type]
    files = sorted(path.name for path in (tmp_path / "deep" / "all").iterdir())
    assert files == sorted([*(f"{name}.{to}" for name in RELATIONS), "goldfish-export.json"])
    assert json.loads((tmp_path / "deep/all/goldfish-export.json").read_text())["as_of"] == done.as_of
    asked = f"SELECT id, flags::VARCHAR FROM '{tmp_path}/deep/all/experiments.{to}' ORDER BY id"
    flags = "[checked]" if to == "parquet" else '["checked"]'
    assert duckdb.sql(asked).fetchall() == [("E1", flags), ("E2", flags)]


def test_an_export_replaces_only_an_export_and_only_when_told(project: Goldfish, tmp_path: Path) -> None:
    place = tmp_path / "all"
    project.export("csv", place)
    with pytest.raises(ExportExists):
        project.export("csv", place)
    (place / "of-mine.txt").write_text("kept until the whole new export is there")
    project.export("parquet", place, force=True)
    assert (place / "runs.parquet").is_file()
    assert not (place / "runs.csv").exists()
    for mine in ("file.txt", "directory"):
        other = tmp_path / mine
        if mine == "directory":
            other.mkdir()
        (other / "x" if mine == "directory" else other).write_text("precious")
        for to in ("duckdb", "parquet"):
            with pytest.raises(NotAnExport):
                project.export(to, other, force=True)  # type: ignore[arg-type]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all", "directory", "file.txt"]


@pytest.mark.parametrize("place", [".goldfish/ledger.db", ".goldfish/new", ".goldfish", ".", ".."])
def test_an_export_never_touches_the_project(project: Goldfish, place: str) -> None:
    root = project.layout.root
    with pytest.raises(NotAnExport):
        project.export("duckdb", root / place, force=True)
    assert project.verify().sound


def test_an_export_follows_no_link(project: Goldfish, tmp_path: Path) -> None:
    (tmp_path / "target.duckdb").write_bytes(b"precious")
    (tmp_path / "link").symlink_to(tmp_path / "target.duckdb")
    with pytest.raises(NotAnExport):
        project.export("duckdb", tmp_path / "link", force=True)
    assert (tmp_path / "target.duckdb").read_bytes() == b"precious"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_place_that_cannot_be_written_is_named(project: Goldfish, tmp_path: Path) -> None:
    tmp_path.chmod(stat.S_IREAD | stat.S_IEXEC)
    with pytest.raises(GoldfishError, match=str(tmp_path)):
        project.export("csv", tmp_path / "all")
