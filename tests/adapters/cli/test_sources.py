"""Bringing data in, looking after it, and taking it out, on the command line."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.adapters.cli.conftest import Call
from tests.adapters.cli.test_completing import complete

PIPELINE = """
stages:
  - name: read
    inputs: {table: source:table}
    outputs: {copy: csv, parts: directory}
"""
READ = """
from goldfish.io import input_path, output_path, save_output
def main():
    save_output("copy", input_path("table"))
    (output_path("parts") / "one.txt").write_text("1")
"""


@pytest.fixture
def data(tmp_path: Path, project: Path, call: Call) -> Path:
    """A directory with a table, which is the source `table` of the project."""
    place = tmp_path / "data"
    place.mkdir()
    (place / "table.csv").write_text("a,b\n1,x\n2,y\n")
    assert call("source", "add", "table", "data/table.csv", "--description", "two rows").code == 0
    return place


@pytest.fixture
def ran(data: Path, project: Path, call: Call) -> Path:
    """The project after run-1, which read the table and wrote a table and a directory."""
    place = project / "workspaces" / "baseline"
    (place / "modules").mkdir()
    (place / "pipeline.yaml").write_text(PIPELINE)
    (place / "modules" / "read.py").write_text(READ)
    assert call("run", "baseline", "--reason", "reads the table and copies it", "--wait").code == 0
    return project


def test_a_file_is_registered_once_and_new_bytes_are_the_next_revision(data: Path, call: Call) -> None:
    again = call("source", "add", "table", "data/table.csv").out
    assert "table@r1 is a csv of 12 B, sha256:" in again
    assert "2 rows; columns a, b" in again
    assert "The same bytes as before: no new revision." in again
    (data / "table.csv").write_text("a,b\n1,x\n")
    assert call("source", "add", "table", "data/table.csv").out.startswith("table@r2 is a csv of 8 B")
    listed = call("source", "list")
    assert "two rows" in listed.out
    (line,) = call("source", "list", "--json").json["sources"]
    assert (line["source"], line["revisions"]) == ("table@r2", 2)
    shown = call("source", "show", "table@r1", "--json").json
    assert shown["revision"]["size"] == 12
    assert [line["ref"] for line in shown["revisions"]] == ["table@r2", "table@r1"]


def test_the_same_command_id_registers_once(data: Path, call: Call) -> None:
    first = call("source", "add", "more", "data/table.csv", "--command-id", "c1", "--json").json
    (data / "table.csv").write_text("a\n1\n")
    assert call("source", "add", "more", "data/table.csv", "--command-id", "c1", "--json").json == first
    assert call("source", "add", "other", "data/table.csv", "--command-id", "c1").code == 2


def test_a_probe_records_nothing(data: Path, call: Call) -> None:
    before = call("status", "--json").json["as_of"]
    (data / "wide.csv").write_text(",".join(f"c{i}" for i in range(1_200)) + "\n" + ",".join("1" * 1_200) + "\n")
    probed = call("source", "probe", "data/wide.csv").out
    assert "columns c0, c1, c2, c3, c4, c5, c6, c7 and 1192 more" in probed
    assert probed.rstrip().splitlines()[-2].strip() == "and 1160 more"
    assert call("source", "probe", "data", "--json").json["described"]["files"] == 2
    assert call("status", "--json").json["as_of"] == before


def test_secrets_and_hostile_text_in_data_are_not_shown(data: Path, call: Call) -> None:
    (data / "users.csv").write_text("user,password\n\x1b[2Jada,hunter2\n")
    added = call("source", "add", "users", "data/users.csv", "--description", "\x1b]0;t\x07\u202e[red]x[/red]")
    shown = added.out + call("source", "show", "users").out + call("source", "list").out + call("log").out
    assert "hunter2" not in shown
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "[red]x[/red]" in shown
    assert call("source", "show", "users", "--json").json["revision"]["described"]["dtypes"]["password"] == "str"


@pytest.mark.parametrize(
    ("name", "given", "error"),
    [
        ("t", "data/missing.csv", "UnreadableFile"),
        ("t", "data/link", "UnreadableFile"),
        ("t", "data/pipe", "UnreadableFile"),
        ("t", "ftp://example.org/t.csv", "CannotFetch"),
        ("t", "http://127.0.0.1:1/t.csv", "CannotFetch"),
        ("t", "run-7/read.copy", "UnknownRun"),
        ("t", "table@r7", "UnknownRevision"),
        ("Bad name", "data/table.csv", "UnsafeName"),
        ("run-1", "data/table.csv", "UnsafeName"),
    ],
)
def test_what_cannot_be_a_source_is_refused_by_name(data: Path, call: Call, name: str, given: str, error: str) -> None:
    (data / "link").symlink_to("table.csv")
    os.mkfifo(data / "pipe")
    said = call("source", "add", name, given, "--json")
    assert (said.code, said.json["error"]) == (2, error)
    assert [line["source"] for line in call("source", "list", "--json").json["sources"]] == ["table@r1"]


@pytest.fixture
def server(data: Path) -> Iterator[str]:
    """The directory, served over http."""

    class Silent(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(data))) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()


def test_an_address_is_fetched_and_what_gives_access_is_not_recorded(data: Path, server: str, call: Call) -> None:
    given = server.replace("http://", "http://ada:hunter22@") + "/table.csv?token=abcdefgh12345678"
    added = call("source", "add", "fetched", given)
    assert added.out.startswith("fetched@r1 is a csv of 12 B"), added
    everything = added.out + call("source", "show", "fetched").out + call("log", "--json").out
    assert "hunter22" not in everything
    assert "abcdefgh12345678" not in everything
    refused = call("source", "add", "small", f"{server}/table.csv", "--limit", "4B", "--json")
    assert (refused.code, refused.json["error"]) == (2, "CannotFetch")
    local = call("source", "add", "local", f"file://{data}/table.csv", "--json").json
    assert local["digest"] == call("source", "show", "table", "--json").json["revision"]["digest"]


def test_bytes_in_place_are_compared_and_a_change_is_seen_everywhere(data: Path, call: Call) -> None:
    table = data / "stays.csv"
    table.write_text("a\n1\n")
    assert "and is compared before each use" in call("source", "add", "stays", "data/stays.csv", "--in-place").out
    assert call("source", "check", "stays").out == "stays@r1 is as it was registered\n"
    before = table.stat()
    table.write_text("a\n2\n")
    os.utime(table, ns=(before.st_atime_ns, before.st_mtime_ns))  # as long as before, and as old
    found = call("source", "check")
    assert found.code == 1
    assert "stays@r1 is not as it was registered:\n  other bytes" in found.out
    assert "found changed  other bytes" in call("source", "show", "stays").out
    assert "changed: other bytes" in call("source", "list").out
    assert "found changed: goldfish source check" in call("status").out
    assert "stays@r1, csv, 4 bytes. Found changed in place" in (data.parent / "STATE.md").read_text()
    assert call("get", "stays", "out", "--json").json["error"] == "SourceChanged"
    table.unlink()
    assert "it is gone" in call("source", "check", "stays").out
    table.write_text("a\n1\n")
    assert call("source", "check").code == 0
    assert "changed" not in call("status").out


def test_what_a_source_holds_is_described_again(data: Path, call: Call) -> None:
    said = call("source", "describe", "table", "--text", "rows", "--column", "a=a number", "--column", "b=a=letter")
    assert said.out == "table@r1: rows\n  a: a number\n  b: a=letter\n"
    shown = call("source", "show", "table").out
    assert "a=letter" in shown
    assert "two rows" in shown  # what was said before
    for arguments, error in (
        (["table"], "NothingToDescribe"),
        (["table", "--column", "c=x"], "UnknownColumn"),
        (["table", "--column", "a"], "WrongUsage"),
        (["tabel", "--text", "x"], "UnknownSource"),
        (["table@r1", "--text", "x"], "UnknownSource"),
    ):
        refused = call("source", "describe", *arguments, "--json")
        assert (refused.code, refused.json["error"]) == (2, error)
    assert call("source", "describe", "table@r1", "--text", "x", "--json").json["candidates"] == ["table"]


def test_a_retired_source_is_out_of_the_lists_and_refused_to_new_runs(ran: Path, call: Call) -> None:
    assert "table is retired: \\x1b[2Jshifted" in call("source", "retire", "table", "-r", "\x1b[2Jshifted").out
    assert "left out: 1 retired source" in call("source", "list").out
    assert "retired: " in call("source", "list", "--retired").out
    reason = ["--reason", "reads a retired source", "--rerun", "to see that it is refused"]
    assert call("run", "baseline", *reason, "--json").json["error"] == "SourceRetired"
    assert call("source", "add", "table", "data/table.csv", "--json").json["error"] == "SourceRetired"
    assert "table@r1" in call("lineage", "run-1").out
    assert call("source", "show", "table", "--json").json["runs"][0]["run"] == "run-1"
    assert call("source", "retire", "table", "-r", " ", "--json").json["error"] == "UnusableText"
    assert call("source", "restore", "table").out == "table can be used again.\n"
    assert call("source", "retire", "tabel", "-r", "x", "--json").json["candidates"] == ["table"]


def test_outputs_are_promoted_and_lineage_goes_through(ran: Path, call: Call) -> None:
    assert call("promote", "run-1/read.copy").out.startswith("copy@r1 is a csv of 12 B")
    parts = call("promote", "run-1/read.parts", "--as", "pieces", "--description", "in parts", "--json").json
    assert (parts["source"], parts["type"], parts["text"]) == ("pieces@r1", "directory", "in parts")
    assert "no new revision" in call("promote", "run-1/read.copy").out
    up = {node["id"] for node in call("lineage", "copy", "--json").json["nodes"]}
    assert {"copy@r1", "run-1/read.copy", "run-1/read", "table@r1", "baseline@v2"} <= up
    down = {node["id"] for node in call("lineage", "table", "--direction", "down", "--json").json["nodes"]}
    assert {"copy@r1", "pieces@r1"} <= down


@pytest.mark.parametrize(
    ("ref", "error", "words"),
    [
        ("run-1", "CannotPromote", "a run is not the bytes of one output"),
        ("run-1/read", "CannotPromote", "a stage is not the bytes of one output"),
        ("run-1/read.cpoy", "UnknownReference", "run-1/read.cpoy"),
        ("run-9/read.copy", "UnknownRun", "run-9"),
    ],
)
def test_what_is_no_output_is_not_promoted(ran: Path, call: Call, ref: str, error: str, words: str) -> None:
    refused = call("promote", ref, "--json")
    assert (refused.code, refused.json["error"]) == (2, error)
    assert words in refused.json["message"]


def test_bytes_are_taken_out_and_nothing_is_overwritten(ran: Path, call: Call) -> None:
    assert call("get", "run-1/read.copy", "out").out == f"run-1/read.copy is in {ran}/out/copy.csv, 12 B.\n"
    assert (ran / "out" / "copy.csv").read_text() == "a,b\n1,x\n2,y\n"
    assert call("get", "run-1/read.parts", "out").code == 0
    assert (ran / "out" / "parts" / "one.txt").read_text() == "1"
    assert call("get", "table@r1").out.startswith(f"table@r1 is in {ran}/table.csv")
    assert call("get", "table", "--json").json["error"] == "PlaceTaken"
    assert call("get", "run-1", "out", "--json").json["error"] == "NothingToTakeOut"
    assert call("get", "table@r9", "out", "--json").json["error"] == "UnknownRevision"


@pytest.mark.parametrize("place", ["data/table.csv", "data/table.csv/below", "/proc/nothing"])
def test_a_place_that_can_be_no_directory_is_refused(data: Path, call: Call, place: str) -> None:
    refused = call("get", "table", place, "--json")
    assert (refused.code, refused.json["error"]) == (1, "ProjectUnwritable")
    assert (data / "table.csv").read_text() == "a,b\n1,x\n2,y\n"


def test_a_source_is_found_also_when_a_workspace_has_its_name(data: Path, call: Call) -> None:
    assert call("source", "add", "baseline", "data/table.csv").code == 0
    assert call("source", "show", "baseline").out.startswith("baseline@r1\n")
    assert call("show", "baseline", "--json").json["kind"] == "workspace"


@pytest.mark.parametrize("command", ["show", "check"])
def test_unknown_sources_and_revisions_are_told_apart(data: Path, call: Call, command: str) -> None:
    wrong = call("source", command, "table@r4", "--json").json
    assert (wrong["error"], wrong["candidates"]) == ("UnknownRevision", ["table@r1"])
    wrong = call("source", command, "tabel@r1", "--json").json
    assert (wrong["error"], wrong["candidates"]) == ("UnknownSource", ["table"])


def test_names_and_outputs_are_completed(ran: Path, start: Callable[..., subprocess.Popen[str]]) -> None:
    assert complete(start, "goldfish source retire t") == ["table"]
    assert "run-1/read.copy" in complete(start, "goldfish promote run-1/")
