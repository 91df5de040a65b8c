"""Workspaces as people use them: nothing is lost, and every command may be sent again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from goldfish.api import Actor, Goldfish
from goldfish.errors import GoldfishError, NothingToSave, OutsideProject, UnreadableFile
from tests.scenarios.conftest import Lab


def files(place: Path) -> dict[str, str]:
    return {str(p.relative_to(place)): p.read_text() for p in sorted(place.rglob("*")) if p.is_file()}


def test_what_was_saved_comes_back_byte_for_byte(lab: Lab) -> None:
    (lab.place / "deep" / "er").mkdir(parents=True)
    (lab.place / "deep" / "er" / "crlf.txt").write_bytes(b"a\r\nb\r\n")
    (lab.place / ".gitattributes").write_text("* text=auto eol=lf\n")
    (lab.place / "run.sh").write_text("#!/bin/sh\n")
    (lab.place / "run.sh").chmod(0o755)
    saved = lab.goldfish.save_version("w", "odd files").version
    before = files(lab.place)
    (lab.place / "deep" / "er" / "crlf.txt").unlink()
    (lab.place / "run.sh").write_text("changed")
    lab.goldfish.rollback("w", saved)
    assert files(lab.place) == before
    assert (lab.place / "deep" / "er" / "crlf.txt").read_bytes() == b"a\r\nb\r\n"
    assert os.access(lab.place / "run.sh", os.X_OK)


def test_a_rollback_keeps_what_was_there_as_a_version(lab: Lab) -> None:
    (lab.place / "a").write_text("1")
    lab.goldfish.save_version("w", "one")
    (lab.place / "a").write_text("unsaved work")
    answer = lab.goldfish.rollback("w", "v2")
    assert (lab.place / "a").read_text() == "1"
    assert answer.kept_as == "w@v3"
    lab.goldfish.rollback("w", "v3")
    assert (lab.place / "a").read_text() == "unsaved work"


def test_unmounting_empties_the_slot_and_mounting_brings_everything_back(lab: Lab) -> None:
    (lab.place / "a").write_text("not saved as a version")
    lab.goldfish.unmount("w")
    assert not lab.place.exists()
    other = lab.goldfish.mount("w", "elsewhere")
    assert (Path(other.path or "") / "a").read_text() == "not saved as a version"


def test_a_branch_begins_where_its_base_was_and_goes_its_own_way(lab: Lab) -> None:
    (lab.place / "a").write_text("base")
    lab.goldfish.save_version("w", "base")
    lab.goldfish.create_workspace("branch", base="w@v2")
    place = Path(lab.goldfish.mount("branch").path or "")
    (place / "a").write_text("branch")
    lab.goldfish.save_version("branch", "its own")
    assert (lab.place / "a").read_text() == "base"
    assert [(f.path, f.change) for f in lab.goldfish.diff("w@v2", "branch@v2").files] == [("a", "modified")]


def test_every_command_sent_again_under_its_id_gives_the_first_answer(lab: Lab) -> None:
    g = lab.goldfish
    (lab.place / "a").write_text("1")
    saved = g.save_version("w", "one", command_id="c-save")
    (lab.place / "a").write_text("2")
    assert g.save_version("w", "one", command_id="c-save") == saved
    rolled = g.rollback("w", "v2", command_id="c-roll")
    (lab.place / "a").write_text("3")
    assert g.rollback("w", "v2", command_id="c-roll").kept_as == rolled.kept_as
    assert (lab.place / "a").read_text() == "3"  # a repetition undoes nothing that came after it
    g.unmount("w", command_id="c-unmount")
    g.unmount("w", command_id="c-unmount")
    mounted = g.mount("w", command_id="c-mount")
    (lab.place / "b").write_text("new work")
    assert g.mount("w", command_id="c-mount").slot == mounted.slot
    g.unmount("w", command_id="c-unmount")  # late, and the slot is in use again
    assert (lab.place / "b").read_text() == "new work"
    data = lab.root / "data.csv"
    data.write_text("a\n1\n")
    source = g.add_source("d", data, command_id="c-source")
    data.unlink()
    assert g.add_source("d", data, command_id="c-source") == source
    g.save_version("w", "the new work")
    with pytest.raises(NothingToSave):
        g.save_version("w", "once more")


@pytest.mark.parametrize("command", ["rollback", "unmount", "mount"])
@pytest.mark.parametrize("moment", ["goldfish.policies.slots.Slots._place", "goldfish.durable.write"])
def test_a_kill_between_the_record_and_the_files_loses_nothing(lab: Lab, command: str, moment: str) -> None:
    (lab.place / "a").write_text("saved")
    lab.goldfish.save_version("w", "one")
    (lab.place / "a").write_text("edited, never saved")
    if command == "mount":
        lab.goldfish.unmount("w")
    lab.goldfish.services.journal.close()
    code = f"""
        import os, signal
        from pathlib import Path
        from goldfish.api import Actor, Goldfish
        import goldfish.policies.slots as slots
        g = Goldfish.open(Path({str(lab.root)!r}), Actor(kind="human", name="doomed"))
        def die(*args, **kwargs):
            os.kill(os.getpid(), signal.SIGKILL)
        if {moment!r}.endswith("_place"):
            slots.Slots._place = die
        else:
            slots.durable.write = die
        g.{command}("w"{', "v2"' if command == "rollback" else ""})
    """
    ended = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=False, capture_output=True, text=True)
    after = Goldfish.open(lab.root, Actor(kind="human", name="tester"))
    if ended.returncode == 0:
        assert (command, moment) == ("unmount", "goldfish.durable.write")  # unmounting writes no marker
    else:
        assert ended.returncode == -signal.SIGKILL, ended.stderr
    if command == "unmount":
        after.mount("w")
    after.sync("w")
    expected = "saved" if command == "rollback" else "edited, never saved"
    assert (lab.place / "a").read_text() == expected
    if command == "rollback":
        after.rollback("w", "v3")
        assert (lab.place / "a").read_text() == "edited, never saved"
    assert after.verify().damages == []


def test_a_lost_marker_loses_no_edits(lab: Lab) -> None:
    (lab.place / "a").write_text("saved")
    lab.goldfish.save_version("w", "one")
    (lab.place / "a").write_text("edited")
    for marker in lab.goldfish.layout.markers.glob("*.json"):
        marker.unlink()
    lab.goldfish.save_version("w", "two")
    assert (lab.place / "a").read_text() == "edited"
    assert lab.goldfish.diff("w@v2", "w@v3").files[0].patch.endswith("+edited\n\\ No newline at end of file\n")


def test_files_that_nobody_recorded_are_kept_before_others_take_their_place(lab: Lab) -> None:
    (lab.place / "a").write_text("one")
    lab.goldfish.save_version("w", "one")
    lab.goldfish.services.tools.application.execute(  # a rollback whose process died before it placed anything
        lambda s: s.record(s.workspace("w"), s.workspace("w").roll_back(1)), request="rollback"
    )
    (lab.place / "a").write_text("typed after the crash")
    lab.goldfish.sync("w")
    assert not (lab.place / "a").exists()
    rescued = [e for e in lab.goldfish.log(limit=100) if e.name == "workspace.edits-rescued"]
    assert lab.goldfish.services.snapshots.read(rescued[0].data["tree"], "a") == b"typed after the crash"


def test_a_lost_key_is_made_anew_and_stops_nobody(lab: Lab) -> None:
    lab.goldfish.layout.key.unlink()
    again = Goldfish.open(lab.root, Actor(kind="human", name="tester"))
    assert again.status().workspaces
    again.log_thought("the key is sk-" + "aB3dE5fG7hJ9kL1mN3pQ5rS7")
    assert "⟨secret" in again.status().thoughts[0].text
    assert again.layout.key.stat().st_mode & 0o777 == 0o600


def test_saved_versions_have_names_that_git_understands(lab: Lab) -> None:
    (lab.place / "a").write_text("1")
    version = lab.goldfish.save_version("w", "one")
    ref = lab.goldfish.layout.repository / "refs" / "goldfish" / "w" / "v2"
    assert version.version == "w@v2"
    assert ref.is_file()


def test_a_deleted_directory_comes_back_as_it_was_recorded(lab: Lab) -> None:
    (lab.place / "a").write_text("recorded")
    lab.goldfish.sync("w")
    shutil.rmtree(lab.place.parent)
    lab.goldfish.sync("w")
    assert (lab.place / "a").read_text() == "recorded"


def test_a_directory_that_became_a_link_is_refused_and_left_alone(lab: Lab, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    lab.place.rename(outside)
    (outside / "precious").write_text("untouched")
    lab.place.symlink_to(outside)
    with pytest.raises(OutsideProject):
        lab.goldfish.rollback("w", "v1")
    assert (outside / "precious").read_text() == "untouched"
    lab.place.unlink()
    outside.rename(lab.place)


def test_rolling_back_and_forth_makes_no_copies_of_versions(lab: Lab) -> None:
    (lab.place / "a").write_text("1")
    lab.goldfish.save_version("w", "one")
    assert lab.goldfish.rollback("w", "v1").kept_as == "w@v2"
    assert lab.goldfish.rollback("w", "v2").kept_as == "w@v1"
    assert lab.goldfish.look("w").latest == 2


def test_a_thought_about_nothing_that_exists_is_refused(lab: Lab) -> None:
    with pytest.raises(GoldfishError):
        lab.goldfish.log_thought("this refers to nothing", about="run-777")


def test_a_device_is_no_source(lab: Lab) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        lab.goldfish.add_source("zeros", Path("/dev/zero"))
    assert "output" not in refusal.value.message
