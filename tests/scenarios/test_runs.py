"""What a person sees of runs, good and bad, with real processes."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from goldfish.errors import ReasonNeeded, RunAlreadyEnded, StageCodeMissing, StillRunning, UnknownRun, UnresolvedInput
from tests.scenarios.conftest import PATIENCE, Lab

DIAMOND = """
    name: diamond
    stages:
      - {name: left, inputs: {number: first.number}, outputs: {more: json}}
      - {name: first, outputs: {number: json}}
      - {name: right, inputs: {number: first.number}, outputs: {more: json}}
      - {name: last, inputs: {left: left.more, right: right.more}, outputs: {sum: json}}
"""
MEET = """
    import pathlib, time
    from goldfish.io import load_input, save_output
    here, there = pathlib.Path("{root}/{me}"), pathlib.Path("{root}/{other}")
    here.touch()
    deadline = time.monotonic() + 30
    while not there.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    save_output("more", load_input("number") + {add} if there.exists() else -1)
"""


def test_stages_run_in_the_order_of_their_data_and_independent_ones_at_the_same_time(lab: Lab) -> None:
    lab.write(
        pipeline=DIAMOND,
        first="from goldfish.io import save_output\nsave_output('number', 1)\n",
        left=MEET.format(root=lab.root, me="left", other="right", add=10),
        right=MEET.format(root=lab.root, me="right", other="left", add=100),
        last="""
            from goldfish.io import load_input, save_output
            save_output("sum", load_input("left") + load_input("right"))
        """,
    )
    ended = lab.run()
    assert ended.outcome == "succeeded", ended
    order = [e.stream for e in lab.goldfish.log(limit=500) if e.name == "execution.launched"]
    assert order[0] == "run-1/first"
    assert order[-1] == "run-1/last"
    story = lab.goldfish.show("run-1/last").model_dump_json()
    assert "sum" in story
    digest = next(e.data["digest"] for e in lab.goldfish.log(limit=500, stream="run-1/last") if "digest" in e.data)
    assert lab.goldfish.services.artifacts.read(digest) == b"112"


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("def main():\n    raise ValueError('no such luck')\n", "ValueError: no such luck (modules/train.py:2)"),
        ("import sys\nsys.exit(3)\n", "it exited with code 3"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n", "it was killed by signal 11"),
        ("import time\ntime.sleep(60)\n", "stopped at its time limit"),
        ("pass\n", "the output x was refused: it was not written"),
        ("import pathlib, os\npathlib.Path(os.environ['HOME'])\nopen('/nonexistent/x')\n", "FileNotFoundError"),
    ],
)
def test_a_stage_that_fails_ends_the_run_with_the_cause_in_a_sentence(lab: Lab, code: str, cause: str) -> None:
    lab.one_stage(code, outputs="{x: json}", limits="{time: 2s}")
    ended = lab.run()
    assert ended.outcome == "failed"
    assert cause in (ended.cause or "")


def test_an_output_of_another_type_is_refused_and_named(lab: Lab) -> None:
    code = "from goldfish.io import output_path\noutput_path('x').write_text('not numpy')\n"
    lab.one_stage(code, outputs="{x: npy}")
    ended = lab.run()
    assert ended.outcome == "failed"
    assert "the output x was refused" in (ended.cause or "")


def test_garbage_that_succeeded_is_a_failure_and_nothing_after_it_starts(lab: Lab) -> None:
    lab.write(
        pipeline="stages: [{name: train, outputs: {m: json}}, {name: use, inputs: {m: train.m}}]\n",
        train="""
            from goldfish.io import save_output
            from goldfish.metrics import log_metric
            for step in range(20):
                log_metric("loss", 2.0 ** step if step < 10 else float("nan"), step=step)
            save_output("m", {})
        """,
        use="raise SystemExit(1)\n",
    )
    ended = lab.run()
    assert ended.outcome == "failed"
    assert "loss became NaN at step 10" in (ended.cause or "")
    assert [stage.state for stage in ended.stages] == ["ended", "never started"]


def test_the_same_request_again_starts_nothing_and_says_how_it_ended(lab: Lab) -> None:
    lab.one_stage("raise RuntimeError('always')\n")
    first = lab.run()
    again = lab.start(reason="an agent has forgotten that it tried this")
    assert not again.started
    assert again.tried is not None
    assert (again.tried.run, again.tried.outcome, again.tried.cause) == ("run-1", "failed", first.cause)
    assert again.tried.differs == []


def test_a_reason_makes_a_repetition_possible_and_is_kept(lab: Lab) -> None:
    lab.one_stage("pass\n")
    lab.run()
    again = lab.start(rerun="to see how much it varies")
    assert (again.run, again.near) == ("run-2", [])
    requested = lab.goldfish.log(stream="run-2")[0].data
    assert (requested["rerun_of"], requested["rerun_reason"]) == ("run-1", "to see how much it varies")


def test_any_change_of_code_settings_or_seed_is_a_new_experiment(lab: Lab) -> None:
    lab.one_stage("pass\n")
    lab.config("train", "lr: 0.1\n")
    assert lab.run().run == "run-1"
    assert lab.run(settings=["lr=0.2"]).run == "run-2"
    assert lab.run(seed=3).run == "run-3"
    lab.one_stage("x = 1\n")
    assert lab.run().run == "run-4"
    lab.config("train", "lr: 1e-1\n")
    assert not lab.start().started


def test_part_of_a_pipeline_uses_what_an_earlier_run_wrote(lab: Lab) -> None:
    lab.write(
        pipeline="stages: [{name: a, outputs: {n: json}}, {name: b, inputs: {n: a.n}}]\n",
        a="from goldfish.io import save_output\nsave_output('n', 5)\n",
        b="from goldfish.io import load_input\nassert load_input('n') == 5\n",
    )
    with pytest.raises(UnresolvedInput):
        lab.start("b")
    lab.run("a")
    assert lab.run("b").outcome == "succeeded"
    intended = next(e for e in lab.goldfish.log(stream="run-2/b") if e.name == "execution.launch-intended")
    assert intended.data["inputs"][0]["ref"] == "run-1/a.n"


def test_a_cancelled_run_is_stopped_and_nothing_starts_afterwards(lab: Lab) -> None:
    lab.write(
        pipeline="stages: [{name: a, outputs: {n: json}}, {name: b, inputs: {n: a.n}}]\n",
        a=f"""
            import pathlib, time
            pathlib.Path("{lab.root}/begun").touch()
            time.sleep(60)
        """,
        b="pass\n",
    )
    run = lab.start().run
    _until((lab.root / "begun").exists)
    lab.goldfish.cancel(run, "it takes too long")
    ended = lab.goldfish.wait(run, seconds=PATIENCE)
    assert (ended.outcome, ended.cause) == ("cancelled", "it takes too long")
    assert lab.names("run-1/b") == []
    with pytest.raises(RunAlreadyEnded):
        lab.goldfish.cancel(run, "once more")


def test_a_run_goes_on_when_whoever_started_it_is_gone(lab: Lab) -> None:
    lab.one_stage("import time\ntime.sleep(0.5)\n")
    code = (
        "from pathlib import Path; from goldfish.api import *; import os;"
        f"g = Goldfish.open(Path({str(lab.root)!r}), Actor(kind='agent', name='short-lived'));"
        "g.run('w', reason='started by a process that dies at once'); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert lab.goldfish.wait("run-1", seconds=PATIENCE).outcome == "succeeded"


def test_a_killed_conductor_is_followed_by_one_that_goes_on_and_no_stage_runs_twice(lab: Lab) -> None:
    marks = lab.root / "marks"
    stage = f"""
        import time
        from goldfish.io import save_output
        with open("{marks}", "a") as file:
            file.write("%s\\n")
        time.sleep(0.3)
        save_output("n", 1)
    """
    names = ["a", "b", "c"]
    lab.write(
        pipeline="stages: [{name: a, outputs: {n: json}}, {name: b, inputs: {m: a.n}, outputs: {n: json}},"
        " {name: c, inputs: {m: b.n}, outputs: {n: json}}]\n",
        **{name: stage % name for name in names},
    )
    run = lab.start().run
    over = threading.Event()

    def slaughter() -> None:
        while not over.wait(0.15):
            lab.kill_conductor()

    killer = threading.Thread(target=slaughter)
    killer.start()
    time.sleep(2)
    over.set()
    killer.join()
    ended = lab.goldfish.wait(run, seconds=PATIENCE)
    assert ended.outcome == "succeeded", ended
    assert marks.read_text().split() == names


def test_requests_at_the_same_instant_get_numbers_of_their_own(lab: Lab) -> None:
    lab.one_stage("pass\n")
    code = (
        "import sys; from pathlib import Path; from goldfish.api import *;"
        f"g = Goldfish.open(Path({str(lab.root)!r}), Actor(kind='agent', name=sys.argv[1]));"
        "sys.stdin.readline();"
        "print(g.run('w', seed=int(sys.argv[1]), reason='all at the same instant').run)"
    )
    numbers = range(1, 7)
    said = _at_the_same_instant(code, numbers)
    names = [f"run-{n}" for n in numbers]
    assert sorted(said) == names
    assert {lab.goldfish.wait(name, seconds=PATIENCE).outcome for name in names} == {"succeeded"}
    assert all(lab.names(name).count("run.requested") == 1 for name in names)


def test_the_same_request_from_many_at_the_same_instant_starts_one_run(lab: Lab) -> None:
    lab.one_stage("pass\n")
    code = (
        "import sys; from pathlib import Path; from goldfish.api import *;"
        f"g = Goldfish.open(Path({str(lab.root)!r}), Actor(kind='agent', name=sys.argv[1]));"
        "sys.stdin.readline();"
        "print(g.run('w', reason='all want the very same').started)"
    )
    said = _at_the_same_instant(code, range(5))
    assert sorted(said) == ["False"] * 4 + ["True"]
    assert lab.goldfish.application.journal.newest_run() == 1


def test_a_repeated_command_id_gives_the_first_answer(lab: Lab) -> None:
    lab.one_stage("pass\n")
    first = lab.start(command_id="retry-1")
    assert lab.start(command_id="retry-1") == first
    assert lab.goldfish.application.journal.newest_run() == 1


def test_requests_that_cannot_be_carried_out_are_refused_by_name_and_change_nothing(lab: Lab) -> None:
    lab.one_stage("pass\n")
    before = lab.goldfish.application.journal.head()
    with pytest.raises(ReasonNeeded):
        lab.start(reason="because")
    (lab.place / "modules/train.py").unlink()
    with pytest.raises(StageCodeMissing):
        lab.start()
    with pytest.raises(UnknownRun) as refusal:
        lab.goldfish.progress("run-7")
    assert refusal.value.name == "UnknownRun"
    assert lab.goldfish.application.journal.head() == before


def test_waiting_has_an_end_and_the_run_goes_on(lab: Lab) -> None:
    lab.one_stage("import time\ntime.sleep(1)\n")
    run = lab.start().run
    with pytest.raises(StillRunning):
        lab.goldfish.wait(run, seconds=0.1)
    assert lab.goldfish.wait(run, seconds=PATIENCE).outcome == "succeeded"


def test_logs_can_be_read_while_a_stage_runs_and_afterwards(lab: Lab) -> None:
    stop = lab.root / "stop"
    lab.one_stage(f"""
        import pathlib, time
        print("hello from inside", flush=True)
        while not pathlib.Path("{stop}").exists():
            time.sleep(0.01)
    """)
    run = lab.start().run
    _until(lambda: any("hello" in log.text for log in lab.goldfish.logs(run)))
    stop.touch()
    lab.goldfish.wait(run, seconds=PATIENCE)
    assert lab.goldfish.logs(f"{run}/train")[0].text == "hello from inside"


def test_a_log_that_its_stage_replaced_by_a_link_is_not_followed(lab: Lab, tmp_path: Path) -> None:
    secret, stop = tmp_path / "secret", lab.root / "stop"
    secret.write_text("not yours to read")
    lab.one_stage(f"""
        import os, pathlib, time
        log = pathlib.Path(os.environ["GOLDFISH_DIRECTORY"]) / "log.txt"
        log.unlink(missing_ok=True)
        log.symlink_to("{secret}")
        pathlib.Path("{lab.root}/replaced").touch()
        while not pathlib.Path("{stop}").exists():
            time.sleep(0.01)
    """)
    run = lab.start().run
    _until((lab.root / "replaced").exists)
    assert [log.text for log in lab.goldfish.logs(run)] == [""]
    stop.touch()
    lab.goldfish.wait(run, seconds=PATIENCE)
    assert all("not yours" not in log.text for log in lab.goldfish.logs(run))


def _at_the_same_instant(code: str, arguments: range) -> list[str]:
    """What each of several processes prints that are ready before any of them may go."""
    ready = [
        subprocess.Popen([sys.executable, "-c", code, str(n)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for n in arguments
    ]
    for process in ready:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return [process.communicate()[0].strip() for process in ready]


def _until(true: object) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():  # type: ignore[operator]
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)


def test_the_state_document_tells_of_a_run_that_ended(lab: Lab) -> None:
    lab.one_stage("pass\n")
    lab.run()
    state = Path(lab.root / "STATE.md")
    _until(lambda: "run-1" in state.read_text() and "succeeded" in state.read_text())
