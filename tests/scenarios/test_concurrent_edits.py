"""Several clients on one workspace: no update is lost, and whoever comes second is told by name."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from goldfish.api import Actor, Goldfish
from goldfish.domain.names import TreeId
from goldfish.errors import Conflict, NothingToSave, WorkspaceInUse
from tests.scenarios.conftest import Lab

CLIENTS, TIMES = 6, 4


def client(lab: Lab, number: int) -> Goldfish:
    return Goldfish.open(lab.root, Actor(kind="agent", name=f"client-{number}"))


def together(*works: threading.Thread) -> None:
    for work in works:
        work.start()
    for work in works:
        work.join(timeout=300)
        assert not work.is_alive()


def latest_text(goldfish: Goldfish, path: str) -> tuple[str, str]:
    """The latest version's id, and the text of one of its files."""
    now = goldfish.look("w")
    data = goldfish.services.snapshots.read(TreeId(now.tree_of(now.latest)), path)
    return f"w@v{now.latest}", (data or b"").decode()


def test_clients_that_save_at_once_get_a_number_each_and_lose_no_file(lab: Lab) -> None:
    saved: list[str] = []
    failures: list[BaseException] = []

    def work(number: int) -> None:
        goldfish = client(lab, number)
        try:
            for turn in range(TIMES):
                (lab.place / f"{number}-{turn}").write_text("x")
                try:
                    saved.append(goldfish.save_version("w", f"{number}-{turn}").version)
                except NothingToSave:  # somebody else's version holds this file too
                    continue
        except BaseException as failure:
            failures.append(failure)
            raise

    together(*(threading.Thread(target=work, args=(number,)) for number in range(CLIENTS)))
    assert failures == []
    now = lab.goldfish.look("w")
    assert sorted(saved) == sorted(f"w@v{number}" for number in range(2, now.latest + 1))
    kept = {file.path for file in lab.goldfish.services.snapshots.files(TreeId(now.tree_of(now.latest)))}
    assert kept == {f"{number}-{turn}" for number in range(CLIENTS) for turn in range(TIMES)}


_COUNT = """
    import os, sys
    from pathlib import Path
    from goldfish.api import Actor, Goldfish
    from goldfish.errors import Conflict, NothingToSave
    from tests.scenarios.test_concurrent_edits import latest_text
    goldfish = Goldfish.open(Path(sys.argv[1]), Actor(kind="agent", name=sys.argv[2]))
    left = int(sys.argv[3])
    while left:
        version, text = latest_text(goldfish, "counter")
        # The slot is shared: a file that is written in place would be saved half-written by another client.
        draft = Path(sys.argv[1], f"draft-{os.getpid()}")
        draft.write_text(str(int(text) + 1))
        draft.replace(Path(sys.argv[1], "workspaces", "w", "counter"))
        try:
            goldfish.save_version("w", "one more", expected=version)
        except (Conflict, NothingToSave):
            continue
        left -= 1
"""


def test_counting_with_the_expected_version_in_many_processes_loses_no_count(lab: Lab) -> None:
    (lab.place / "counter").write_text("0")
    lab.goldfish.save_version("w", "zero")
    works = [
        subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(_COUNT), str(lab.root), f"client-{number}", str(TIMES)],
            stderr=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        for number in range(3)
    ]
    for work in works:
        _, errors = work.communicate(timeout=300)
        assert work.returncode == 0, errors
    assert latest_text(lab.goldfish, "counter") == (f"w@v{2 + 3 * TIMES}", str(3 * TIMES))


def test_a_conflict_names_who_changed_what(lab: Lab) -> None:
    (lab.place / "a").write_text("theirs")
    client(lab, 7).save_version("w", "wider layers")
    (lab.place / "a").write_text("mine")
    with pytest.raises(Conflict) as caught:
        lab.goldfish.save_version("w", "mine", expected="w@v1")
    assert "agent:client-7 saved w@v2 (wider layers)" in caught.value.message
    assert "goldfish diff w@v1 w@v2" in caught.value.next_step
    assert (lab.place / "a").read_text() == "mine"
    assert lab.goldfish.save_version("w", "mine", expected="v2").version == "w@v3"


_CHURN = """
    import sys
    from pathlib import Path
    from goldfish.api import Actor, Goldfish
    from goldfish.errors import GoldfishError
    goldfish = Goldfish.open(Path(sys.argv[1]), Actor(kind="agent", name=sys.argv[2]))
    for turn in range(int(sys.argv[3])):
        for command in (lambda: goldfish.rollback("w", "v2"), lambda: goldfish.unmount("w"),
                        lambda: goldfish.mount("w"), lambda: goldfish.rollback("w", "v3")):
            try:
                command()
            except GoldfishError as refusal:
                print(refusal.name)
"""


def test_whoever_mounts_unmounts_and_rolls_back_at_once_is_refused_by_name_and_loses_nothing(lab: Lab) -> None:
    for number in (2, 3):
        (lab.place / "a").write_text(f"in v{number}")
        lab.goldfish.save_version("w", f"v{number}")
    (lab.place / "a").write_text("never saved")
    works = [
        subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(_CHURN), str(lab.root), f"client-{number}", "4"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(3)
    ]
    names: set[str] = set()
    for work in works:
        printed, errors = work.communicate(timeout=300)
        assert work.returncode == 0, errors
        names |= set(printed.split())
    assert names <= {"AlreadyMounted", "NotMounted", "SlotTaken"}
    now = lab.goldfish.look("w")
    if now.slot is None:
        lab.goldfish.mount("w")
    texts = set()
    for number in range(2, now.latest + 1):
        lab.goldfish.rollback("w", f"v{number}")
        texts.add((lab.place / "a").read_text())
    assert texts == {"in v2", "in v3", "never saved"}


def test_a_workspace_that_a_run_is_using_is_not_deleted(lab: Lab) -> None:
    lab.one_stage("import time\ndef main():\n    time.sleep(60)\n")
    run = lab.start().run
    lab.goldfish.unmount("w")
    with pytest.raises(WorkspaceInUse) as caught:
        lab.goldfish.delete_workspace("w", "over")
    assert run in caught.value.message
    lab.goldfish.cancel(run, "enough")
    lab.goldfish.wait(run, seconds=60)
    lab.goldfish.delete_workspace("w", "over")
    assert lab.goldfish.show(run).kind == "run"
    lab.goldfish.restore("w")


def test_a_run_that_is_asked_for_while_its_workspace_is_deleted_keeps_it(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.one_stage("import time\ndef main():\n    time.sleep(60)\n")
    lab.goldfish.unmount("w")
    looked = type(lab.goldfish)._used_by
    asked: list[str] = []

    def slow_look(self: Goldfish, name: str) -> str | None:
        found = looked(self, name)
        if not asked:
            asked.append(lab.start().run)
        return found

    monkeypatch.setattr(type(lab.goldfish), "_used_by", slow_look)
    with pytest.raises(WorkspaceInUse) as caught:
        lab.goldfish.delete_workspace("w", "over")
    assert asked[0] in caught.value.message
    lab.goldfish.cancel(asked[0], "enough")


def test_a_branch_of_a_run_begins_with_the_version_that_it_ran(lab: Lab) -> None:
    lab.one_stage("def main():\n    pass\n")
    ran = lab.run().run
    (lab.place / "modules" / "train.py").write_text("def main():\n    raise SystemExit\n")
    lab.goldfish.save_version("w", "broken")
    assert lab.goldfish.create_workspace("again", base=ran).base == "w@v2"
    lab.goldfish.tag("fine", ran)
    assert lab.goldfish.create_workspace("once-more", base="fine").base == "w@v2"
    assert [(f.path, f.change) for f in lab.goldfish.diff("@fine", "w").files] == [("modules/train.py", "modified")]
    assert lab.goldfish.diff(ran).right == "w"
    assert lab.goldfish.rollback("w", ran).restored == "w@v2"


def test_the_parent_of_a_deleted_branch_and_the_branch_of_a_deleted_parent_are_whole(lab: Lab) -> None:
    (lab.place / "a").write_text("shared")
    lab.goldfish.create_workspace("branch", base="w")
    lab.goldfish.create_workspace("twig", base="branch")
    lab.goldfish.delete_workspace("branch", "over")
    place = Path(lab.goldfish.mount("twig").path or "")
    assert (lab.place / "a").read_text() == (place / "a").read_text() == "shared"
    assert lab.goldfish.diff("w", "branch").files == []
    assert lab.goldfish.verify().damages == []
