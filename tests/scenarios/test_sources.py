"""Data comes in, is used, changes, is promoted, retired and taken out: real projects, real files."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from goldfish.errors import (
    ArtifactMissing,
    CannotPromote,
    CommandIdReused,
    NothingToTakeOut,
    PlaceTaken,
    SourceChanged,
    SourceRetired,
    UnknownReference,
    UnknownSource,
    UnreadableFile,
    UnusableText,
)
from tests.contracts.snapshots import listing, write
from tests.scenarios.conftest import Lab

READER = """\
stages:
  - name: read
    inputs: {table: source:table}
    outputs: {copy: csv}
"""
CODE = """
    from goldfish.io import input_path, save_output
    def main():
        save_output("copy", input_path("table"))
"""


def reading(lab: Lab) -> None:
    """A pipeline of one stage, which copies the source `table` to its output."""
    lab.write(pipeline=READER, read=CODE)


def table(lab: Lab, text: str = "a,b\n1,x\n2,y\n") -> Path:
    path = lab.root / "table.csv"
    path.write_text(text)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    return path


def test_goldfish_says_what_a_table_holds(lab: Lab) -> None:
    added = lab.goldfish.add_source("table", table(lab), description="two rows")
    assert (added.source, added.type, added.is_new, added.text) == ("table@r1", "csv", True, "two rows")
    assert added.described["columns"] == ["a", "b"]
    assert added.described["dtypes"] == {"a": "int64", "b": "str"}
    assert added.described["rows"] == 2
    assert added.described["sample"] == [["1", "x"], ["2", "y"]]


def test_a_secret_in_a_sample_is_not_recorded(lab: Lab) -> None:
    secret = "ghp_" + "a1B2c3D4e5" * 4
    added = lab.goldfish.add_source("table", table(lab, f"name,token\nme,{secret}\n"))
    probed = lab.goldfish.probe_source(lab.root / "table.csv")
    assert "⟨secret" in str(added.described["sample"])
    assert secret not in probed.model_dump_json()
    assert secret not in json.dumps([event.data for event in lab.goldfish.log(limit=100)])


def test_what_is_not_of_its_type_is_kept_and_said(lab: Lab) -> None:
    path = lab.root / "x.parquet"
    path.write_bytes(b"\x93NUMPY nonsense")
    assert "looks like npy" in str(lab.goldfish.add_source("x", path).described["problem"])


def test_the_same_bytes_again_are_not_read_and_are_no_revision(lab: Lab) -> None:
    path = table(lab)
    time.sleep(0.05)  # a file that was changed a moment ago is read again: its times could hide another change
    lab.goldfish.add_source("table", path)
    told: list[int] = []
    again = lab.goldfish.add_source("table", path, on_progress=lambda _what, done, _all: told.append(done))
    assert (again.source, again.is_new, told) == ("table@r1", False, [])


def test_probing_records_nothing(lab: Lab) -> None:
    before = lab.goldfish.services.journal.head()
    probed = lab.goldfish.probe_source(write(lab.root / "d", {"a/b.csv": "1", "c.csv": "22", "e": ""}))
    assert (probed.type, probed.size, probed.described["files"]) == ("directory", 3, 3)
    assert probed.described["endings"] == {".csv": 2, "none": 1}
    assert probed.described["sample"] == ["a/b.csv", "c.csv", "e"]
    assert lab.goldfish.services.journal.head() == before


def test_descriptions_add_up_and_have_a_history(lab: Lab) -> None:
    lab.goldfish.add_source("table", table(lab), description="first words")
    lab.goldfish.describe_source("table", text="better words", columns={"a": "a number"})
    lab.goldfish.describe_source("table", columns={"b": "a letter"}, command_id="c-1")
    lab.goldfish.describe_source("table", columns={"b": "a letter"}, command_id="c-1")
    story = lab.goldfish.show("table")
    assert story.kind == "source"
    assert (story.text, story.columns) == ("better words", {"a": "a number", "b": "a letter"})
    assert [saying.text for saying in story.sayings] == [None, "better words", "first words"]
    assert lab.names("source:table") == ["source.registered", "source.described", "source.described"]
    with pytest.raises(CommandIdReused):
        lab.goldfish.describe_source("table", columns={"b": "another"}, command_id="c-1")


def test_a_retired_source_is_hidden_and_refused_until_it_is_restored(lab: Lab) -> None:
    reading(lab)
    lab.goldfish.add_source("table", table(lab))
    assert lab.run().outcome == "succeeded"
    lab.goldfish.retire_source("table", reason="wrong labels")
    assert lab.goldfish.sources().sources == []
    assert lab.goldfish.status().sources == []
    assert [line.retired for line in lab.goldfish.sources(retired=True).sources] == ["wrong labels"]
    with pytest.raises(SourceRetired, match="wrong labels"):
        lab.start(rerun="again")
    with pytest.raises(SourceRetired):
        lab.goldfish.add_source("table", table(lab, "a\n3\n"))
    assert {edge.source for edge in lab.goldfish.lineage("run-1").edges} >= {"table@r1"}
    lab.goldfish.restore_source("table")
    assert lab.run(rerun="again").outcome == "succeeded"


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_source_is_not_retired_without_a_reason(lab: Lab, reason: str) -> None:
    lab.goldfish.add_source("table", table(lab))
    with pytest.raises(UnusableText):
        lab.goldfish.retire_source("table", reason=reason)


def test_an_unknown_source_is_refused_with_the_one_that_was_meant(lab: Lab) -> None:
    lab.goldfish.add_source("table", table(lab))
    for ask in (lab.goldfish.restore_source, lab.goldfish.check_sources):
        with pytest.raises(UnknownSource) as refused:
            ask("tabel")
        assert refused.value.near == ("table",)


# ── promoted outputs ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_promoted_output_has_the_bytes_and_the_lineage_of_its_run(lab: Lab) -> None:
    reading(lab)
    lab.goldfish.add_source("table", table(lab))
    lab.run()
    promoted = lab.goldfish.promote("run-1/read.copy", name="table", description="as read")
    assert (promoted.source, promoted.is_new) == ("table@r1", False)  # the very same bytes
    promoted = lab.goldfish.promote("run-1/read.copy")
    assert (promoted.source, promoted.origin, promoted.described["rows"]) == ("copy@r1", "run-1/read.copy", 2)
    assert promoted.digest == lab.goldfish.add_source("table", lab.root / "table.csv").digest
    lab.write(pipeline=READER.replace("source:table", "source:copy"), read=CODE + "    AGAIN = True\n")
    lab.run()
    again = lab.goldfish.add_source("copy-two", "run-2/read.copy")
    nodes = {node.id for node in lab.goldfish.lineage(again.source).nodes}
    assert nodes >= {"run-2/read.copy", "run-2/read", "copy@r1", "run-1/read.copy", "run-1/read", "run-1", "table@r1"}
    down = {node.id for node in lab.goldfish.lineage("table@r1", direction="down").nodes}
    assert {"copy@r1", "run-2/read", "copy-two@r1"} <= down


def test_only_outputs_of_stages_that_succeeded_are_promoted(lab: Lab) -> None:
    lab.one_stage(
        "from goldfish.io import save_output\ndef main():\n    save_output('x', 1)\n    raise ValueError('no')\n",
        outputs="{x: json}",
    )
    assert lab.run().outcome == "failed"
    with pytest.raises(CannotPromote, match="run-1/train failed"):
        lab.goldfish.promote("run-1/train.x")
    with pytest.raises(CannotPromote, match="a run is not the bytes"):
        lab.goldfish.promote("run-1", name="x")
    with pytest.raises(UnknownReference):
        lab.goldfish.promote("run-1/train.y")
    assert lab.goldfish.sources().sources == []


def test_damaged_bytes_are_not_promoted(lab: Lab) -> None:
    reading(lab)
    lab.goldfish.add_source("table", table(lab))
    lab.run()
    digest = lab.goldfish.promote("run-1/read.copy").digest
    with Altered(lab, digest), pytest.raises(ArtifactMissing):
        lab.goldfish.promote("run-1/read.copy", name="other")


# ── bytes that stay where they are ────────────────────────────────────────────────────────────────────────────────────


def test_a_source_in_place_is_read_by_a_run_and_not_copied(lab: Lab) -> None:
    reading(lab)
    path = table(lab)
    added = lab.goldfish.add_source("table", path, in_place=True)
    assert added.location == str(path)
    assert lab.run().outcome == "succeeded"
    shown = lab.root / ".goldfish" / "runs" / "run-1" / "read" / "inputs" / "table.csv"
    assert shown.readlink() == path
    assert lab.goldfish.verify().elsewhere == 0  # the copy that the stage made has the same bytes
    path.unlink()
    assert lab.goldfish.check_sources("table")[0].files == ["it is gone"]


def test_changed_bytes_in_place_are_refused_and_recorded_once(lab: Lab) -> None:
    reading(lab)
    directory = write(lab.root / "d", {"a": "1", "b": "2", "c": "3"})
    lab.write(pipeline=READER.replace("copy: csv", "copy: directory"), read=CODE)
    lab.goldfish.add_source("table", directory, in_place=True)
    (directory / "a").write_text("other")
    (directory / "b").unlink()
    (directory / "new").write_text("x")
    for _ in range(2):
        with pytest.raises(SourceChanged) as refused:
            lab.start()
        assert refused.value.facts["files"] == ["a: other bytes", "b: it is gone", "new: it was not there"]
        assert "table@r1" in refused.value.message
    assert lab.names("source:table") == ["source.registered", "source.found-changed"]
    assert lab.goldfish.sources().sources[0].changed == ["a: other bytes", "b: it is gone", "new: it was not there"]
    write(directory, {"a": "1", "b": "2"})
    (directory / "new").unlink()
    assert lab.goldfish.check_sources()[0].sound
    assert lab.goldfish.sources().sources[0].changed == []
    assert lab.run().outcome == "succeeded"
    assert lab.goldfish.verify().damages == []


def test_changed_bytes_can_be_the_next_revision(lab: Lab) -> None:
    path = table(lab)
    lab.goldfish.add_source("table", path, in_place=True)
    path.write_text("a,b\n9,z\n")
    assert lab.goldfish.add_source("table", path, in_place=True).source == "table@r2"
    assert [check.sound for check in lab.goldfish.check_sources()] == [True]
    assert [check.sound for check in lab.goldfish.check_sources("table")] == [False, True]


def test_bytes_that_change_between_request_and_launch_end_the_run(lab: Lab) -> None:
    lab.write(
        pipeline="""\
        stages:
          - {name: first, outputs: {x: json}}
          - {name: read, inputs: {x: first.x, table: source:table}, outputs: {copy: csv}}
        """,
        first=f"""
        import pathlib
        from goldfish.io import save_output
        def main():
            pathlib.Path({str(lab.root / "table.csv")!r}).write_text("a,b\\n7,other\\n")
            save_output("x", 1)
        """,
        read=CODE,
    )
    lab.goldfish.add_source("table", table(lab), in_place=True)
    ended = lab.run()
    assert ended.outcome == "failed"
    assert "table@r1" in str(ended.cause)
    assert "execution.launch-refused" in lab.names("run-1/read")
    assert lab.names("source:table")[-1] == "source.found-changed"


def test_a_touched_file_with_the_same_bytes_is_no_change(lab: Lab) -> None:
    path = table(lab)
    lab.goldfish.add_source("table", path, in_place=True)
    os.utime(path)
    assert lab.goldfish.check_sources()[0].sound


def test_the_memory_of_what_was_read_can_be_deleted_or_damaged(lab: Lab) -> None:
    path = table(lab)
    lab.goldfish.add_source("table", path, in_place=True)
    for file in (lab.root / ".goldfish" / "states").rglob("*"):
        if file.is_file():
            file.write_text('{"states": 7}')
    assert lab.goldfish.check_sources()[0].sound
    path.write_text("other")
    assert not lab.goldfish.check_sources()[0].sound


# ── kept bytes that were damaged ──────────────────────────────────────────────────────────────────────────────────────


class Altered:
    """Alters kept bytes for a while."""

    def __init__(self, lab: Lab, digest: str, *, keep_size: bool = True) -> None:
        name = digest.removeprefix("sha256:")
        self._path = lab.root / ".goldfish" / "artifacts" / "sha256" / name[:2] / name[2:]
        self._keep_size = keep_size

    def __enter__(self) -> None:
        self._bytes = self._path.read_bytes()
        self._path.chmod(0o644)
        self._path.write_bytes(b"X" * (len(self._bytes) if self._keep_size else 3))

    def __exit__(self, *_: object) -> None:
        self._path.write_bytes(self._bytes)


@pytest.mark.parametrize("keep_size", [True, False])
def test_altered_kept_bytes_are_named_before_a_run_uses_them(lab: Lab, keep_size: bool) -> None:
    reading(lab)
    digest = lab.goldfish.add_source("table", table(lab)).digest
    assert lab.goldfish.check_sources()[0].sound
    with Altered(lab, digest, keep_size=keep_size):
        with pytest.raises(ArtifactMissing, match="table@r1"):
            lab.start()
        assert not lab.goldfish.check_sources()[0].sound
    assert lab.run().outcome == "succeeded"


# ── hostile and unusable data ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("in_place", [False, True])
def test_links_pipes_and_hostile_names_are_refused_by_name(lab: Lab, in_place: bool) -> None:
    made = write(lab.root / "data", {"a": "1"})
    (made / "passwd").symlink_to("/etc")
    refused(lab, made, "passwd is a link", in_place)
    (made / "passwd").unlink()
    os.mkfifo(made / "pipe")
    refused(lab, made, "pipe is a special file", in_place)
    refused(lab, made / "pipe", "it is", in_place)
    (made / "pipe").unlink()
    (made / "line\nbreak").write_text("x")
    refused(lab, made, "printable", in_place)
    refused(lab, lab.root / "nothing", "nothing of this name", in_place)
    link = lab.root / "link"
    link.symlink_to(made / "a")
    refused(lab, link, "it is a link", in_place)
    refused(lab, Path("/dev/null"), "it is", in_place)
    assert lab.goldfish.sources().sources == []


def refused(lab: Lab, path: Path, why: str, in_place: bool) -> None:
    with pytest.raises(UnreadableFile, match=why):
        lab.goldfish.add_source("x", path, in_place=in_place)


def test_a_directory_is_no_file_and_a_file_no_directory(lab: Lab) -> None:
    with pytest.raises(UnreadableFile, match="directory"):
        lab.goldfish.add_source("x", write(lab.root / "d", {"a": "1"}), kind="csv")
    with pytest.raises(UnreadableFile, match="directory"):
        lab.goldfish.add_source("x", table(lab), kind="directory")


# ── taking out ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_outputs_and_sources_are_taken_out_and_nothing_is_overwritten(lab: Lab, tmp_path: Path) -> None:
    reading(lab)
    lab.goldfish.add_source("table", table(lab))
    lab.run()
    told: list[int] = []
    out = tmp_path / "out"
    taken = lab.goldfish.take_out("run-1/read.copy", out, on_progress=lambda _what, done, _all: told.append(done))
    assert Path(taken.path) == out / "copy.csv"
    assert (out / "copy.csv").read_text() == "a,b\n1,x\n2,y\n"
    assert told[-1] == taken.size == 12
    (out / "copy.csv").write_text("mine now")
    with pytest.raises(PlaceTaken):
        lab.goldfish.take_out("run-1/read.copy", out)
    assert (out / "copy.csv").read_text() == "mine now"
    assert sorted(path.name for path in out.iterdir()) == ["copy.csv"]
    with pytest.raises(NothingToTakeOut):
        lab.goldfish.take_out("run-1", out)


@pytest.mark.parametrize("in_place", [False, True])
def test_a_directory_is_taken_out_whole(lab: Lab, tmp_path: Path, in_place: bool) -> None:
    made = write(tmp_path / "made", {"a/b": "1", "c": "22"})
    (made / "c").chmod(0o755)
    lab.goldfish.add_source("d", made, in_place=in_place)
    lab.goldfish.take_out("d", tmp_path / "out")
    assert listing(tmp_path / "out" / "d") == listing(made)
    if in_place:
        (made / "c").write_text("xx")
        with pytest.raises(SourceChanged):
            lab.goldfish.take_out("d", tmp_path / "again")
        assert not (tmp_path / "again").exists()


def test_damaged_bytes_are_not_taken_out(lab: Lab, tmp_path: Path) -> None:
    digest = lab.goldfish.add_source("table", table(lab)).digest
    with Altered(lab, digest), pytest.raises(ArtifactMissing):
        lab.goldfish.take_out("table", tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("place", [".goldfish", ".", ".goldfish/ledger.db"])
def test_what_goldfish_keeps_is_no_source(lab: Lab, place: str) -> None:
    with pytest.raises(UnreadableFile, match="goldfish itself"):
        lab.goldfish.add_source("self", lab.root / place)
