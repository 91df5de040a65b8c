from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from rich.console import Console

from goldfish.adapters.cli.views.compare import comparison
from goldfish.adapters.cli.views.differences import differences
from goldfish.adapters.cli.views.following import _LiveTable, following, progress_table
from goldfish.adapters.cli.views.lineage import tree
from goldfish.adapters.cli.views.said import printed, requested, synced
from goldfish.adapters.cli.views.verify import verdict
from goldfish.adapters.cli.views.wording import duration, moment, number, size, value
from goldfish.api.answers import (
    DamageAnswer,
    DiffAnswer,
    FileDiff,
    LogAnswer,
    RunAnswer,
    RunProgress,
    StageProgress,
    SyncAnswer,
    Tried,
    VerifyAnswer,
)
from goldfish.domain.values import Outcome, Skipped
from goldfish.queries.compare import Comparison, Difference, FileDifference, Side
from goldfish.queries.lineage import Lineage, Node, TreeLine

HOSTILE = "\x1b[2J[red]x[/red]\u202e"
HARMLESS = "\\x1b[2J[red]x[/red]\\u202e"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, ""), (0.844, "0.84 s"), (12.34, "12.3 s"), (185, "3 min 05 s"), (8070, "2 h 14 min"), (59.99, "60.0 s")],
)
def test_durations_read_naturally(seconds: float | None, text: str) -> None:
    assert duration(seconds) == text


def test_sizes_numbers_moments_and_values_read_naturally() -> None:
    assert [size(n) for n in (None, 0, 1023, 1024, 1 << 30, 1 << 50)] == [
        "",
        "0 B",
        "1023 B",
        "1.0 KiB",
        "1.0 GiB",
        "1024.0 TiB",
    ]
    assert [number(x) for x in (None, 0.1 + 0.2, 1e-9)] == ["–", "0.3", "1e-09"]
    assert moment(datetime(2026, 11, 22, 10, 0, 0, 5, tzinfo=UTC)) == "2026-11-22 10:00:00Z"
    assert [value(v) for v in (None, True, [1, "a"], "text")] == ["–", "true", '[1, "a"]', "text"]
    assert value("sha256:" + "a" * 64) == "sha256:" + "a" * 11 + "…"


def asked(outcome: Outcome | None, cause: str | None = None, differs: list[str] | None = None) -> RunAnswer:
    tried = Tried(run="run-3", outcome=outcome, cause=cause, differs=differs or [])
    return RunAnswer(run="run-3", started=False, version="b@v1", stages=["train"], fingerprint="f", tried=tried)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (asked("failed", "loss became NaN"), "which failed: loss became NaN. What differs: nothing."),
        (asked("succeeded", "every stage succeeded"), "which succeeded. What differs: nothing."),
        (asked("cancelled", HOSTILE), f"which was cancelled: {HARMLESS}. What differs: nothing."),
        (asked(None, differs=["seed"]), "which is under way. What differs: seed."),
    ],
)
def test_what_was_tried_before_is_said_in_one_sentence(
    answer: RunAnswer, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    requested(answer)
    assert capsys.readouterr().out == f'tried as run-3, {text} To repeat it: --rerun "WHY"\n'


def progress(*stages: StageProgress, outcome: Outcome | None = None, cause: str | None = None) -> RunProgress:
    return RunProgress(
        run="run-3", state="finished" if outcome else "open", outcome=outcome, cause=cause, stages=list(stages)
    )


RUNNING = StageProgress(stage="train", state="running", outcome=None, cause=None, seconds=None)
WAITING = StageProgress(stage="evaluate", state="waiting", outcome=None, cause=None, seconds=None)
FAILED = StageProgress(stage="train", state="ended", outcome="failed", cause=HOSTILE, seconds=2)
SKIPPED = StageProgress(stage="evaluate", state="never started", outcome=None, cause=None, seconds=None)


def test_without_a_terminal_each_change_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with following() as tell:
        tell(progress(RUNNING, WAITING))
        tell(progress(RUNNING, WAITING))
        tell(progress(FAILED, SKIPPED, outcome="failed", cause=HOSTILE))
    assert capsys.readouterr().out.splitlines() == [
        "  train: running",
        f"  train: failed in 2.00 s: {HARMLESS}",
        "  evaluate: never started",
        f"run-3 failed: {HARMLESS}",
        "next: goldfish show run-3, goldfish logs run-3",
    ]


def test_silence_is_kept_where_json_is_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    with following(silent=True) as tell:
        tell(progress(RUNNING))
    assert capsys.readouterr().out == ""


def test_the_live_table_shows_every_stage_and_counts_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("goldfish.adapters.cli.views.following.time.monotonic", lambda: now[0])
    live = _LiveTable()
    live(progress(RUNNING, WAITING))
    now[0] = 102.5
    to = Console(file=io.StringIO(), width=100, markup=False)
    with to.capture() as running:
        to.print(live._table())
    live(progress(FAILED, SKIPPED, outcome="failed"))
    with to.capture() as failed:
        to.print(live._table())
    assert "train     running" in running.get()
    assert "2.50 s" in running.get()
    assert "evaluate  waiting" in running.get()
    assert "✗  train" in failed.get()
    assert HARMLESS in failed.get()


def test_a_run_that_goes_on_is_said_to_be_under_way(capsys: pytest.CaptureFixture[str]) -> None:
    progress_table(progress(RUNNING, WAITING))
    assert capsys.readouterr().out.splitlines() == ["  train     running", "  evaluate  waiting", "run-3 is under way"]


def test_each_damage_is_named_with_its_position(capsys: pytest.CaptureFixture[str]) -> None:
    damages = [DamageAnswer(position=7, what="hash", why=HOSTILE), DamageAnswer(position=0, what="file", why="missing")]
    verdict(VerifyAnswer(sound=False, events=9, head=None, trees=0, artifacts=0, damages=damages))
    out = capsys.readouterr().out
    assert out.startswith("2 damages found:\n")
    assert f"  position 7: hash: {HARMLESS}\n  the ledger as a whole: file: missing\n" in out


def test_a_binary_file_is_named_where_it_cannot_be_shown(capsys: pytest.CaptureFixture[str]) -> None:
    files = [FileDiff(path=f"a{HOSTILE}", change="added", added=0, removed=0, patch="")]
    differences(DiffAnswer(left="b@v1", right="b", files=files))
    out = capsys.readouterr().out
    assert f"a{HARMLESS}: added, not shown as text" in out
    assert "\x1b" not in out


@pytest.mark.parametrize(("added", "said"), [(0, "0 lines"), (1, "1 line"), (2, "2 lines")])
def test_lines_are_counted_as_people_do(added: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = FileDiff(path="a.py", change="modified", added=added, removed=1, patch="+x")
    differences(DiffAnswer(left="b@v1", right="b", files=[file]), only_stat=True)
    assert capsys.readouterr().out.endswith(f" b@v1 → b: 1 file, {said} added, 1 removed\n")


def test_the_names_of_what_was_left_out_are_bounded(capsys: pytest.CaptureFixture[str]) -> None:
    skipped = [Skipped(path=f"{n}{HOSTILE}", why="a socket") for n in range(25)]
    synced(
        SyncAnswer(workspace="b", tree="f" * 40, files=1, skipped=skipped, changed=True, latest="b@v1", is_dirty=True)
    )
    out = capsys.readouterr().out
    assert f"left out 0{HARMLESS}: a socket" in out
    assert "and 5 more left out" in out


def test_logs_of_several_stages_are_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    logs = [LogAnswer(execution=f"run-1/{name}", text=f"{name}\tx\x07", bytes=9, truncated=False) for name in "ab"]
    printed(logs)
    assert capsys.readouterr().out == "── run-1/a (9 B)\na\tx\\x07\n── run-1/b (9 B)\nb\tx\\x07\n"
    printed(logs[:1])
    assert capsys.readouterr().out == "a\tx\\x07\n"
    printed([LogAnswer(execution="run-1/c", text="", bytes=0, truncated=False)])
    assert capsys.readouterr() == ("", "run-1/c printed nothing until now.\n")


def test_a_comparison_shows_what_differs_and_names_what_does_not(capsys: pytest.CaptureFixture[str]) -> None:
    patch = FileDifference(path="m.py", change="modified", added=1, removed=1, patch=f"-a\n+{HOSTILE}", cut=3)
    comparison(
        Comparison(
            as_of=9,
            kind="runs",
            sides=[Side(ref=run, id=run, kind="run", runs=[], count=1) for run in ("run-1", "run-2")],
            config=[Difference(name="train.lr", values=[0.02, HOSTILE], origins=["config", "override"])],
            code=[patch],
            code_left_out=2,
            cost=[Difference(name="seconds", values=[1.0, None])],
            notes=[HOSTILE],
            same=["inputs", "environment"],
        )
    )
    out = capsys.readouterr().out
    assert "\x1b" not in out
    for part in (
        "train.lr   0.02",
        HARMLESS,
        f"+{HARMLESS}",
        "… 3 more lines of m.py",
        "and 2 more files",
        "1.00 s",
        "(override)",
    ):
        assert part in out
    assert out.endswith("Nothing differs in inputs, environment.\n")


def test_a_lineage_is_a_tree_that_repeats_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    lines = [
        (0, "run-1/b", None, False),
        (1, "run-1/a", "input", False),
        (2, "run-1", "stage", False),
        (1, "run-1", "stage", True),
    ]
    nodes = [
        Node(id="run-1", kind="run", detail=f"failed: {HOSTILE}"),
        Node(id="run-1/a", kind="execution", detail="succeeded"),
        Node(id="run-1/b", kind="execution", detail="sha256:" + "b" * 64),
    ]
    rows = [TreeLine(depth=depth, id=name, via=via, repeated=repeated) for depth, name, via, repeated in lines]
    tree(Lineage(as_of=1, ref="run-1/b", direction="up", nodes=nodes, edges=[], tree=rows, cut=True, limit="2 steps"))
    assert capsys.readouterr().out.splitlines() == [
        "run-1/b  sha256:bbbbbbbbbbb…",
        "├── input: run-1/a  succeeded",
        f"│   └── stage: run-1  failed: {HARMLESS}",
        "└── stage: run-1  as above",
        "There is more: this ends after 2 steps. Ask with a greater --depth, or about one of these.",
    ]
