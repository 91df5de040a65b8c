"""Real processes under the supervisor: at most one, within limits, and an end that is told truly."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from goldfish.adapters.process_runner import ProcessRunner, processes
from goldfish.domain.executions import Execution
from goldfish.domain.names import ExecutionId
from goldfish.domain.values import InputPlan, Limits, OutputPlan, StagePlan
from goldfish.errors import LaunchRefused, RunnerUnavailable, UnknownReference
from goldfish.ports import LaunchOrder
from tests.contracts.runner import TRAIN, Behavior, Command, RunnerContract, ended, eventually

MARK = "import os\nwith open('../marks', 'a') as marks: marks.write('x')\n"
UNTIL_STOPPED = "import time\nfrom goldfish.io import should_stop\nwhile not should_stop(): time.sleep(0.005)\n"
IGNORE_TERM = "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
BEHAVIORS: dict[Behavior, str] = {
    "ends": "",
    "fails": "raise ValueError('no')\n",
    "waits to be stopped": UNTIL_STOPPED,
}


def order_of(root: Path, code: str, attempt: int = 1, seed: int | None = None, **plan: object) -> LaunchOrder:
    """An order whose stage is this code, marked when it begins."""
    directory = ProcessRunner(root).directory(TRAIN, attempt)
    (directory / "code/modules").mkdir(parents=True, exist_ok=True)
    (directory / "code/modules/train.py").write_text(MARK + code)
    stage = StagePlan.model_validate({"name": "train", "module": "modules/train.py", **plan})
    inputs = {i.name: directory / "inputs" / f"{i.name}.json" for i in stage.inputs}
    return LaunchOrder(TRAIN, attempt, stage, directory, directory / "code", inputs, seed)


def marks(order: LaunchOrder) -> int:
    path = order.directory / "marks"
    return len(path.read_text()) if path.exists() else 0


class TestProcessRunner(RunnerContract):
    """The contract, with real processes."""

    def make(self, root: Path) -> ProcessRunner:
        return ProcessRunner(root, grace=0.1)

    def order(self, root: Path, behavior: Behavior, execution: ExecutionId = TRAIN, attempt: int = 1) -> LaunchOrder:
        return order_of(root, BEHAVIORS[behavior], attempt)

    def command(self, root: Path, behavior: Command) -> LaunchOrder:
        commands = {
            "ends": ["sh", "-c", "printf x >> ../marks"],
            "ends with 3": ["sh", "-c", "printf x >> ../marks; exit 3"],
            "has no program": ["./no-such-program"],
        }
        return order_of(root, "", module="", command=commands[behavior])

    def begun(self, order: LaunchOrder) -> int:
        return marks(order)


class Bench:
    """One stage at a time, from code to end."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.runner = ProcessRunner(root, grace=0.1)
        self.directory = self.runner.directory(TRAIN, 1)

    def launch(self, code: str, **plan: object) -> LaunchOrder:
        order = order_of(self.root, code, **plan)  # type: ignore[arg-type]  # plan and seed by name
        self.runner.launch(order)
        return order

    def carry_out(self, code: str, **plan: object) -> Execution.Exited:
        self.launch(code, **plan)
        return self.end()

    def end(self) -> Execution.Exited:
        exited = ended(self.runner).exited
        assert exited is not None
        return exited

    def log(self) -> str:
        return (self.directory / "log.txt").read_text()

    def supervisor(self) -> int:
        return int((self.directory / "started").read_text().removeprefix("process:").partition("@")[0])

    def wait_for(self, name: str) -> str:
        """The content of a file that the stage writes by rename or at once, when it is there."""
        path = self.directory / name
        eventually(lambda: path.exists() and path.stat().st_size > 0)
        return path.read_text()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    if (made.directory / "started").exists():
        made.runner.stop(TRAIN, 1, grace=0)
        ended(made.runner)


# ── what a stage gets ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_stage_reads_its_order_and_writes_what_it_promises(bench: Bench) -> None:
    code = (
        "from goldfish.io import *\nfrom goldfish.metrics import log_metric\ndef main():\n"
        "    save_output('out', [load_input('in'), get_config(), get_seed(), os.environ['PYTHONHASHSEED']])\n"
        "    log_metric('a', 1.0)\n    print('done', os.path.realpath('.'))\n"
    )
    (bench.directory / "inputs").mkdir(parents=True)
    (bench.directory / "inputs/in.json").write_text("[1]")
    exited = bench.carry_out(
        code,
        seed=11,
        config={"lr": 0.1},
        inputs=[InputPlan(name="in", type="json")],
        outputs=[OutputPlan(name="out", type="json")],
    )
    assert exited.exit_code == 0, bench.log()
    assert json.loads((bench.directory / "outputs/out.json").read_text()) == [[1], {"lr": 0.1}, 11, "11"]
    assert bench.log() == f"done {bench.directory.resolve()}/code\n"
    assert (bench.directory / "metrics.bin").stat().st_size == 28
    assert exited.peak_memory is not None
    assert exited.peak_memory > 1 << 20
    assert 0 < exited.seconds < 10


def test_no_secret_of_the_parent_reaches_the_stage(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_API_KEY", "canary-4711")
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    code = (
        "import glob\nfor path in ['/proc/self/environ', f'/proc/{os.getppid()}/environ']:\n"
        "    print(open(path).read())\nprint(os.environ['TMPDIR'], os.environ['MODE'])\n"
        "print(sorted(os.listdir('/proc/self/fd')), os.isatty(0), os.getsid(0) == os.getpid())"
    )
    bench.carry_out(code, environment={"MODE": "fast"})
    assert "canary" not in bench.log()
    assert "canary" not in (bench.directory / "order.json").read_text()
    assert "OMP_NUM_THREADS=3" in bench.log()
    assert f"{bench.directory}/tmp fast" in bench.log()
    assert "['0', '1', '2', '3'] False True" in bench.log()


# ── at most one ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_two_processes_that_launch_at_once_start_one_execution(tmp_path: Path) -> None:
    order = order_of(tmp_path, "import time; time.sleep(0.2)\n")
    program = (
        "import sys; from pathlib import Path; from tests.adapters.test_process_runner import *\n"
        "root = Path(sys.argv[1]); directory = ProcessRunner(root).directory(TRAIN, 1)\n"
        "stage = StagePlan(name='train', module='modules/train.py')\n"
        "order = LaunchOrder(TRAIN, 1, stage, directory, directory / 'code', {})\n"
        "print('ready', flush=True); sys.stdin.readline(); print(ProcessRunner(root).launch(order))\n"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    command = [sys.executable, "-c", program, str(tmp_path)]
    launchers = [subprocess.Popen(command, text=True, **pipes) for _ in range(4)]  # type: ignore[call-overload]
    for launcher in launchers:
        assert launcher.stdout.readline() == "ready\n"
    for launcher in launchers:
        launcher.stdin.write("go\n")
        launcher.stdin.flush()
    handles = {launcher.communicate(timeout=20)[0] for launcher in launchers}
    assert len(handles) == 1
    assert ended(ProcessRunner(tmp_path)).state == "exited"
    assert marks(order) == 1


def test_an_execution_outlives_the_kill_of_its_launcher(tmp_path: Path) -> None:
    order = order_of(tmp_path, UNTIL_STOPPED)
    program = (
        "import sys, os, signal; from pathlib import Path; from tests.adapters.test_process_runner import *\n"
        f"root = Path({str(tmp_path)!r}); directory = ProcessRunner(root).directory(TRAIN, 1)\n"
        "stage = StagePlan(name='train', module='modules/train.py')\n"
        "ProcessRunner(root).launch(LaunchOrder(TRAIN, 1, stage, directory, directory / 'code', {}))\n"
        "os.killpg(0, signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", program], start_new_session=True, check=False, timeout=30)
    assert killed.returncode == -signal.SIGKILL
    runner = ProcessRunner(tmp_path)
    assert runner.observe(TRAIN, 1).state == "running"
    runner.stop(TRAIN, 1, grace=5)
    exited = ended(runner).exited
    assert exited is not None
    assert (exited.ended_by, exited.exit_code, marks(order)) == ("stopped", 0, 1)


def test_an_execution_does_not_need_its_launcher_to_listen(tmp_path: Path) -> None:
    runner, order = ProcessRunner(tmp_path), order_of(tmp_path, "import time\ntime.sleep(0.2)\n")
    content = {"protocol": 1, "execution": TRAIN, "module": "modules/train.py", "code": "code"}
    (order.directory / "order.json").write_text(
        json.dumps({**content, "inputs": {}, "outputs": {}, "config": {}, "seed": None})
    )
    reader, writer = os.pipe()
    os.close(reader)
    environment = {"GOLDFISH_DIRECTORY": str(order.directory)}
    subprocess.run(
        runner.command(order), stdin=subprocess.DEVNULL, stdout=writer, env=environment, check=True, timeout=20
    )
    os.close(writer)
    eventually(lambda: runner.observe(TRAIN, 1).state == "exited")
    exited = runner.observe(TRAIN, 1).exited
    assert exited is not None
    assert exited.exit_code == 0


def test_a_killed_supervisor_leaves_an_execution_that_is_gone_and_stays_so(bench: Bench) -> None:
    order = bench.launch("import time\nopen('../pid', 'w').write(str(os.getpid()))\ntime.sleep(60)\n")
    stage = int(bench.wait_for("pid"))
    os.kill(bench.supervisor(), signal.SIGKILL)
    eventually(lambda: bench.runner.observe(TRAIN, 1).state == "gone")
    eventually(lambda: processes.start_time(stage) is None)
    bench.runner.launch(order)
    assert bench.runner.observe(TRAIN, 1).state == "gone"
    assert marks(order) == 1


def test_a_stage_cannot_announce_its_own_end(bench: Bench) -> None:
    bench.launch("open('../exit.json', 'w').write('{}')\nopen('../forged', 'w').write('x')\n" + UNTIL_STOPPED)
    bench.wait_for("forged")
    assert bench.runner.observe(TRAIN, 1).state == "running"
    bench.runner.stop(TRAIN, 1, grace=5)
    assert bench.end().ended_by == "stopped"


# ── limits and ends ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_hanging_stage_is_asked_then_ended_at_its_time_limit(bench: Bench) -> None:
    exited = bench.carry_out("import time\ntime.sleep(60)\n", limits=Limits(seconds=0.3))
    assert (exited.ended_by, exited.signal) == ("time-limit", signal.SIGTERM)
    assert 0.3 <= exited.seconds < 3
    assert "time limit" in json.loads((bench.directory / "stop").read_text())["reason"]


def test_a_stage_may_end_well_when_its_time_is_up(bench: Bench) -> None:
    bench.runner = ProcessRunner(bench.root, grace=5)
    exited = bench.carry_out(UNTIL_STOPPED, limits=Limits(seconds=0.2))
    assert (exited.ended_by, exited.exit_code) == ("time-limit", 0)


def test_a_stage_that_ignores_TERM_is_killed(bench: Bench) -> None:  # noqa: N802  # the signal's name
    bench.launch(IGNORE_TERM + "open('../ready', 'w').write('x')\ntime.sleep(60)\n")
    bench.wait_for("ready")
    bench.runner.stop(TRAIN, 1, grace=0.1)
    exited = bench.end()
    assert (exited.ended_by, exited.exit_code, exited.signal) == ("stopped", None, signal.SIGKILL)


def test_an_exit_with_137_is_no_kill(bench: Bench) -> None:
    exited = bench.carry_out("import sys\nsys.exit(137)\n")
    assert (exited.ended_by, exited.exit_code, exited.signal) == ("exited", 137, None)


def test_a_kill_is_no_exit_with_137(bench: Bench) -> None:
    exited = bench.carry_out("os.kill(os.getpid(), 9)\n")
    assert (exited.ended_by, exited.exit_code, exited.signal) == ("signalled", None, 9)


def test_a_memory_error_under_the_limit_is_the_memory_limit(bench: Bench) -> None:
    exited = bench.carry_out("x = bytearray(1 << 30)\n", limits=Limits(memory=100 << 20))
    assert (exited.ended_by, exited.exit_code) == ("memory-limit", 1)
    assert exited.failure is not None
    assert (exited.failure.type, exited.failure.where) == ("MemoryError", "modules/train.py:3")


def test_memory_of_all_processes_together_is_limited(bench: Bench) -> None:
    code = "import time\nfor _ in range(3):\n    if not os.fork(): break\nx = b'x' * (60 << 20)\ntime.sleep(60)\n"
    exited = bench.carry_out(code, limits=Limits(memory=120 << 20))
    assert (exited.ended_by, exited.signal) == ("memory-limit", signal.SIGKILL)
    assert exited.peak_memory is not None
    assert exited.peak_memory > 120 << 20


def test_shared_memory_is_counted_once(bench: Bench) -> None:
    code = "import time\nx = b'x' * (60 << 20)\nfor _ in range(3):\n    if not os.fork(): break\ntime.sleep(0.5)\n"
    assert bench.carry_out(code, limits=Limits(memory=130 << 20)).ended_by == "exited"


def test_a_file_larger_than_the_output_limit_cannot_be_written(bench: Bench) -> None:
    exited = bench.carry_out("open('../outputs/x', 'wb').write(bytes(2 << 20))\n", limits=Limits(outputs=1 << 20))
    assert exited.failure is not None
    assert exited.failure.type == "OSError"
    assert (bench.directory / "outputs/x").stat().st_size <= 1 << 20


def test_what_a_stage_leaves_behind_is_killed(bench: Bench) -> None:
    code = (
        "import time, signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "for number in range(20):\n    if not os.fork():\n        os.setsid()\n        if os.fork(): os._exit(0)\n"
        "        open(f'../pid{number}', 'w').write(str(os.getpid()))\n        time.sleep(60)\n"
        "while len([n for n in os.listdir('..') if n.startswith('pid')]) < 20: time.sleep(0.01)\n"
        "time.sleep(0.05)\n"
    )
    assert bench.carry_out(code).exit_code == 0
    left = [int(path.read_text()) for path in bench.directory.glob("pid*")]
    assert len(left) == 20
    assert [pid for pid in left if processes.start_time(pid) is not None] == []


def test_a_long_log_keeps_its_beginning_and_its_end(bench: Bench) -> None:
    code = (
        "import sys\nwrite = sys.stdout.buffer.write\nwrite(b'first\\n')\n"
        "for _ in range(200): write(b'x' * ((1 << 20) - 1) + b'\\n')\nwrite(b'last\\n')\n"
    )
    assert bench.carry_out(code, limits=Limits(log=256 << 10)).exit_code == 0
    log, size = bench.log(), json.loads((bench.directory / "log.json").read_text())
    written = 200 * (1 << 20) + len("first\nlast\n")
    assert size["written"] == written
    assert size["kept"] == len(log)
    assert log.startswith("first\nx")
    assert log.endswith("x\nlast\n")
    assert f"\n[goldfish: {written - (256 << 10)} bytes left out here]\n" in log
    assert len(log) < 257 << 10


def test_the_log_of_a_killed_stage_holds_every_line(bench: Bench) -> None:
    bench.carry_out("print('last words')\nos.kill(os.getpid(), 9)\n")
    assert bench.log() == "last words\n"


def test_a_stop_before_the_launch_ends_it_at_once(bench: Bench) -> None:
    order = order_of(bench.root, "import time\ntime.sleep(60)\n")
    bench.runner.stop(TRAIN, 1, grace=0)
    bench.runner.launch(order)
    assert bench.end().ended_by == "stopped"


# ── refusals ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_interpreter_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LaunchRefused, match="no interpreter"):
        ProcessRunner(tmp_path, "/no/python").launch(order_of(tmp_path, ""))


def test_an_interpreter_that_does_not_start_is_an_exit_with_its_reason(bench: Bench) -> None:
    broken = bench.root / "python"
    broken.write_text("#!/no/such/shell\n")
    broken.chmod(0o755)
    bench.runner = ProcessRunner(bench.root, str(broken))
    assert bench.carry_out("").exit_code == 127
    assert "cannot be started" in bench.log()


def test_an_unusable_environment_variable_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LaunchRefused, match="environment variable"):
        ProcessRunner(tmp_path).launch(order_of(tmp_path, "", environment={"A=B": "c"}))


def test_code_that_is_not_there_is_refused(tmp_path: Path) -> None:
    order = order_of(tmp_path, "")
    (order.code / "modules/train.py").unlink()
    (order.code / "modules").rmdir()
    order.code.rmdir()
    with pytest.raises(LaunchRefused, match="no code"):
        ProcessRunner(tmp_path).launch(order)


def test_a_relative_root_is_as_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    runner, order = ProcessRunner(Path("runs")), order_of(Path("runs"), "")
    relative = order.directory.relative_to(tmp_path)
    runner.launch(LaunchOrder(TRAIN, 1, order.stage, relative, relative / "code", {}))
    exited = ended(runner).exited
    assert exited is not None
    assert exited.exit_code == 0


def test_a_disk_that_takes_nothing_is_worth_another_try(tmp_path: Path) -> None:
    order = order_of(tmp_path, "")
    (order.directory / "tmp").write_text("in the way")
    with pytest.raises(RunnerUnavailable):
        ProcessRunner(tmp_path).launch(order)
    (order.directory / "tmp").unlink()
    ProcessRunner(tmp_path).launch(order)
    assert ended(ProcessRunner(tmp_path)).state == "exited"


@pytest.mark.parametrize("hostile", ["../../etc", "run-1/../x", "run-1", "run-0/a", "run-1/a.2", "run-1/a\n"])
def test_a_hostile_execution_id_is_refused(tmp_path: Path, hostile: str) -> None:
    with pytest.raises(UnknownReference):
        ProcessRunner(tmp_path).observe(ExecutionId(hostile), 1)


def test_waiting_wakes_when_an_execution_ends(bench: Bench) -> None:
    bench.launch("import time\ntime.sleep(0.2)\n")
    began = time.monotonic()
    assert bench.runner.wait([(TRAIN, 1)], 30)
    assert time.monotonic() - began < 10
    assert bench.runner.observe(TRAIN, 1).state == "exited"
