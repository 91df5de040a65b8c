"""`goldfish sql` and `goldfish export`, as people and programs call them."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.adapters.cli.conftest import Call

HOSTILE = "\x1b[31mred\x1b[0m \u202etfel, a\nnew line"


@pytest.fixture
def asking(call: Call) -> Call:
    """A project with a thought full of tricks."""
    assert call("init").code == 0
    assert call("think", HOSTILE).code == 0
    return call


def test_a_table_is_shown_to_people(asking: Call) -> None:
    said = asking("sql", "SELECT 1 AS one, 'a' AS letter, NULL AS nothing")
    assert said.code == 0
    assert [line.split() for line in said.out.splitlines() if "─" not in line] == [
        ["one", "letter", "nothing"],
        ["1", "a", "–"],
        ["1", "row."],
    ]


def test_programs_get_one_json_document(asking: Call) -> None:
    found = asking("sql", "SELECT kind, position FROM thoughts", "--json").json
    assert found["rows"] == [{"kind": "thought", "position": found["as_of"]}]
    assert [column["name"] for column in found["columns"]] == ["kind", "position"]


def test_spreadsheets_get_csv(asking: Call) -> None:
    said = asking("sql", "SELECT text, [1, 2] AS list, NULL AS nothing, true AS yes FROM thoughts", "--csv")
    assert list(csv.reader(io.StringIO(said.out))) == [
        ["text", "list", "nothing", "yes"],
        [HOSTILE, "[1, 2]", "", "true"],
    ]


def test_text_that_others_wrote_does_nothing_to_a_terminal(asking: Call) -> None:
    shown = asking("sql", 'SELECT text, text AS "\x1b[2J" FROM thoughts')
    assert all(line.isprintable() for line in shown.out.splitlines())
    assert "\\x1b[31mred" in shown.out
    document = asking("sql", "SELECT text FROM thoughts", "--json").out
    assert document.replace("\n", "").isprintable()


def test_a_query_comes_from_a_file(asking: Call, tmp_path: Path) -> None:
    (tmp_path / "query.sql").write_text("SELECT 7 AS seven -- é\n")
    assert asking("sql", "--file", str(tmp_path / "query.sql"), "--json").json["rows"] == [{"seven": 7}]


@pytest.mark.usefixtures("asking")
def test_a_query_comes_from_standard_input() -> None:
    command = [sys.executable, "-m", "goldfish", "sql", "-", "--csv"]
    done = subprocess.run(command, input=b"SELECT 8 AS eight", capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (0, b"eight\n8\n")


@pytest.mark.parametrize(
    "arguments",
    [[], ["SELECT 1", "--file", "/dev/null"], ["SELECT 1", "--csv", "--json"], ["--limit", "0", "SELECT 1"]],
)
def test_calls_that_say_nothing_or_too_much_are_refused(asking: Call, arguments: list[str]) -> None:
    said = asking("sql", *arguments)
    assert said.code == 2
    assert "goldfish sql" in said.err + said.out


def test_bytes_that_are_no_text_are_no_query(asking: Call, tmp_path: Path) -> None:
    (tmp_path / "query.sql").write_bytes(b"SELECT '\xff'")
    assert asking("sql", "--file", str(tmp_path / "query.sql"), "--json").json["error"] == "WrongUsage"
    (tmp_path / "query.sql").write_bytes(b"-" * (2 << 20))
    assert asking("sql", "--file", str(tmp_path / "query.sql"), "--json").json["error"] == "WrongUsage"


def test_whoever_sees_not_all_rows_is_told(asking: Call) -> None:
    assert "more with --limit" in asking("sql", "FROM range(10)", "-n", "3").out
    told = asking("sql", "FROM range(10)", "-n", "3", "--csv")
    assert (told.out, "more with --limit" in told.err) == ("range\n0\n1\n2\n", True)
    assert asking("sql", "FROM range(10)", "-n", "3", "--json").json["more"] is True


def test_a_moment_can_be_named(asking: Call) -> None:
    assert asking("sql", "SELECT count(*) AS n FROM thoughts", "--as-of", "1", "--json").json["rows"] == [{"n": 0}]
    assert asking("sql", "SELECT 1", "--as-of", "99", "--json").json["error"] == "MomentAhead"


def test_errors_say_what_to_do_next(asking: Call) -> None:
    said = asking("sql", "FROM thougts")
    assert said.code == 2
    assert "Did you mean thoughts" in said.err
    assert asking("sql", "DROP TABLE runs", "--json").json["error"] == "QueryRefused"
    assert asking("sql", "SELECT sleep_ms(100000)", "--seconds", "0.1", "--json").json["error"] == "QueryTooLong"


def test_answers_go_into_parquet(asking: Call, tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    assert "1 row." in asking("sql", "SELECT text FROM thoughts", "--parquet", str(path)).out
    assert duckdb.sql(f"FROM '{path}'").fetchall() == [(HOSTILE,)]
    assert asking("sql", "SELECT 1", "--parquet", str(path), "--json").json["error"] == "ExportExists"
    assert asking("sql", "SELECT 1", "--parquet", str(path), "--force", "--json").json["rows"] == 1


@pytest.mark.parametrize("to", ["duckdb", "parquet", "csv"])
def test_everything_is_exported(asking: Call, tmp_path: Path, to: str) -> None:
    place = tmp_path / "everything"
    said = asking("export", to, str(place))
    assert said.code == 0
    assert "tables" in said.out
    assert asking("export", to, str(place), "--json").json["error"] == "ExportExists"
    assert asking("export", to, str(place), "--force", "--json").json["rows"]["thoughts"] == 1
