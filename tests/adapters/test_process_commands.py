"""Commands as stages: which program runs, what it is told, and what is said when it cannot run."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import JsonValue

from goldfish.adapters.process_runner import ProcessRunner, environment, orders
from goldfish.domain.executions import Execution
from goldfish.domain.values import InputPlan, Loader, OutputPlan, StagePlan
from goldfish.errors import LaunchRefused
from goldfish.ports import LaunchOrder
from tests.contracts.runner import TRAIN, ended


class Bench:
    """One command at a time, from its files to its end."""

    def __init__(self, root: Path) -> None:
        self.runner = ProcessRunner(root, grace=0.1)
        self.directory = self.runner.directory(TRAIN, 1)
        self.code = self.directory / "code"
        self.code.mkdir(parents=True)

    def write(self, name: str, text: str | bytes, mode: int = 0o755) -> Path:
        path = self.code / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        path.chmod(mode)
        return path

    def order(self, *command: str, seed: int | None = None, **plan: object) -> LaunchOrder:
        stage = StagePlan.model_validate({"name": "train", "command": command, **plan})
        inputs = {given.name: self.directory / "inputs" / given.name for given in stage.inputs}
        return LaunchOrder(TRAIN, 1, stage, self.directory, self.code, inputs, seed)

    def run(self, *command: str, seed: int | None = None, **plan: object) -> Execution.Exited:
        self.runner.launch(self.order(*command, seed=seed, **plan))
        exited = ended(self.runner).exited
        assert exited is not None
        return exited

    def refusal(self, *command: str, **plan: object) -> str:
        with pytest.raises(LaunchRefused) as refused:
            self.runner.launch(self.order(*command, **plan))
        assert self.runner.observe(TRAIN, 1).state == "absent"
        return refused.value.message

    def log(self) -> str:
        return (self.directory / "log.txt").read_text()


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


# ── which program ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_arguments_reach_the_program_as_they_are_and_no_shell_sees_them(bench: Bench) -> None:
    bench.write("show", '#!/bin/sh\nfor word; do echo "<$word>"; done\npwd\n')
    assert bench.run("./show", "a b", "$HOME", "*", "; exit 9", "").exit_code == 0
    assert bench.log() == f"<a b>\n<$HOME>\n<*>\n<; exit 9>\n<>\n{bench.code.resolve()}\n"


def test_a_name_without_a_slash_is_looked_up_on_the_path_of_the_stage_alone(bench: Bench) -> None:
    bench.write("tools/hello", "#!/bin/sh\necho hello\n")
    assert "PATH of the stage" in bench.refusal("hello")
    assert bench.run("hello", environment={"PATH": str(bench.code / "tools")}).exit_code == 0
    assert bench.log() == "hello\n"


def test_python_is_the_interpreter_of_python_stages_and_knows_goldfish(bench: Bench) -> None:
    bench.write("lib.py", "NAME = 'loss'\n", 0o644)
    code = "import sys\nfrom lib import NAME\nfrom goldfish.metrics import log_metric\nlog_metric(NAME, 1.0)\n"
    bench.write("train.py", f"{code}print(sys.executable, sys.argv[1:])\n", 0o644)
    assert bench.run("python", "train.py", "--lr", "0.1").exit_code == 0, bench.log()
    assert bench.log() == f"{sys.executable} ['--lr', '0.1']\n"
    assert (bench.directory / "metrics.bin").stat().st_size == 28
    assert not list(bench.code.rglob("__pycache__"))


def test_a_script_finds_the_same_interpreter_under_its_name(bench: Bench) -> None:
    bench.write("run.sh", "#!/bin/sh\npython -c 'import goldfish.io, sys; print(sys.prefix)'\n")
    assert bench.run("./run.sh").exit_code == 0, bench.log()
    assert bench.log() == f"{sys.prefix}\n"


def test_an_interpreter_that_does_not_know_goldfish_is_told_where_it_is(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "knows_goldfish", lambda _: False)
    told = orders.variables(bench.order("python"), bench.directory, sys.executable)
    assert Path(told["PYTHONPATH"], "goldfish", "io.py").is_file()
    assert "PYTHONPATH" not in orders.variables(bench.order(), bench.directory, sys.executable)


# ── what cannot run ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("./nothing", "there is no program ./nothing in the files of the version"),
        ("/nowhere/nothing", "there is no program /nowhere/nothing"),
        ("nothing", "there is no program 'nothing' on the PATH of the stage"),
        ("data.bin", "the workspace has such a file: write ./data.bin"),
        ("./data.bin", "./data.bin is not executable; `chmod +x ./data.bin` in the workspace makes it so"),
        ("./tools", "./tools is no file"),
        ("", "there is no program ''"),
    ],
)
def test_a_program_that_is_not_there_or_cannot_run_is_refused_with_the_remedy(
    bench: Bench, command: str, says: str
) -> None:
    bench.write("data.bin", "1", 0o644)
    bench.write("tools/x", "")
    assert says in bench.refusal(command)


def test_an_argument_that_no_program_can_take_is_refused(bench: Bench) -> None:
    assert "NUL" in bench.refusal("sh", "a\0b")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("echo no first line\n", "a script without a first line like #!/bin/sh"),
        ("#!/nowhere/interpreter\n", "the interpreter that its first line names is not"),
        (b"\x7fELF not really", "it is no program of this machine"),
    ],
)
def test_a_program_that_the_kernel_will_not_start_fails_and_is_named(
    bench: Bench, content: str | bytes, says: str
) -> None:
    bench.write("train", content)
    exited = bench.run("./train")
    assert exited.exit_code == 127
    assert exited.failure is not None
    assert exited.failure.type == "CannotBeStarted"
    assert exited.failure.message.startswith(f"{bench.code}/train cannot be started: ")
    assert says in exited.failure.message
    assert "cannot be started" in bench.log()


# ── what it is told ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_program_needs_no_json_to_know_what_to_do(bench: Bench) -> None:
    (bench.directory / "inputs").mkdir()
    (bench.directory / "inputs/table").write_text("1,2\n")
    script = (
        'cat "$GOLDFISH_INPUT_TABLE" "$GOLDFISH_DIRECTORY/inputs/table" "$GOLDFISH_DIRECTORY/config.json"\n'
        'echo; echo "$GOLDFISH_EXECUTION $GOLDFISH_SEED $GOLDFISH_CONFIG_LR"; echo done > "$GOLDFISH_OUTPUT_MODEL"\n'
    )
    exited = bench.run(
        *("sh", "-c", script),
        seed=11,
        inputs=[InputPlan(name="table", type="file")],
        outputs=[OutputPlan(name="model", type="json")],
        config={"lr": 0.1},
    )
    assert exited.exit_code == 0, bench.log()
    assert bench.log() == '1,2\n1,2\n{"lr": 0.1}\nrun-1/train 11 0.1\n'
    assert (bench.directory / "outputs/model.json").read_text() == "done\n"


def variables(bench: Bench, config: dict[str, JsonValue]) -> dict[str, str]:
    told = orders.variables(bench.order("sh", config=config), bench.directory, sys.executable)
    return {name.removeprefix("GOLDFISH_CONFIG_"): text for name, text in told.items() if "_CONFIG_" in name}


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({"lr": 1e-05, "n": 3, "name": "a b"}, {"LR": "1e-05", "N": "3", "NAME": "a b"}),
        ({"on": True, "off": False, "none": None}, {"ON": "true", "OFF": "false", "NONE": ""}),
        ({"layers": [1, 2], "empty": {}}, {"LAYERS": "[1, 2]"}),
        ({"optimizer": {"warm-up.steps": 5}}, {"OPTIMIZER__WARM_UP_STEPS": "5"}),
        ({"a-b": 1, "a_b": 2, "c": 3}, {"C": "3"}),
        ({"nul": "\0", "b": 1}, {"B": "1"}),
        ({f"k{n}": n for n in range(1001)}, {}),
        ({"text": "x" * 300_000}, {}),
    ],
)
def test_each_value_of_the_configuration_is_a_variable(
    bench: Bench, config: dict[str, JsonValue], told: dict[str, str]
) -> None:
    assert variables(bench, config) == told


def test_the_order_says_all_of_it(bench: Bench) -> None:
    loader = Loader(script="loaders/csv.py", function="read")
    bench.run("true", inputs=[InputPlan(name="table", type="csv", loader=loader)])
    told = json.loads((bench.directory / "order.json").read_text())
    assert (told["protocol"], told["module"], told["command"]) == (1, "", ["true"])
    assert told["inputs"]["table"]["loader"] == {"script": "loaders/csv.py", "function": "read"}


def test_a_program_is_stopped_as_a_python_stage_is(bench: Bench) -> None:
    bench.runner.launch(
        bench.order("sh", "-c", 'while [ ! -e "$GOLDFISH_DIRECTORY/stop" ]; do sleep 0.01; done; echo saved')
    )
    bench.runner.stop(TRAIN, 1, grace=5)
    exited = ended(bench.runner).exited
    assert exited is not None
    assert (exited.ended_by, exited.exit_code, bench.log()) == ("stopped", 0, "saved\n")


@pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler")
def test_a_compiled_program_is_a_stage(bench: Bench) -> None:
    source = '#include <stdio.h>\nint main(int n, char **words) { printf("%d %s\\n", n, words[1]); return 7; }\n'
    path = bench.write("train.c", source, 0o644)
    subprocess.run(["cc", "-o", str(bench.code / "train"), str(path)], check=True)
    assert (bench.run("./train", "0.1").exit_code, bench.log()) == (7, "2 0.1\n")
