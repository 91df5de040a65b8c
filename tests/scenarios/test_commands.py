"""Stages in any language, with real processes: compiled, run, stopped, gathered."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path

import pytest

from goldfish.domain.names import Digest
from tests.scenarios.conftest import PATIENCE, Lab

PAGE = Path(__file__).parents[2] / "docs/how-to/any-language.md"


def page_file(name: str) -> str:
    """A file that the page tells its reader to save."""
    found = re.search(rf"^```\w+ file=\S*/{re.escape(name)}\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    assert found, name
    return found[1]


def put(lab: Lab, name: str, text: str, mode: int = 0o644) -> None:
    path = lab.place / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(mode)


def facts(lab: Lab, stream: str, name: str) -> list[dict[str, object]]:
    """The contents of a stream's events of one name."""
    return [event.data for event in lab.goldfish.log(limit=1000, stream=stream) if event.name == name]


def output(lab: Lab, stream: str, name: str) -> bytes:
    [digest] = [str(e["digest"]) for e in facts(lab, stream, "execution.output-captured") if e["name"] == name]
    return lab.goldfish.services.artifacts.read(Digest(digest))


@pytest.fixture
def native(lab: Lab, tmp_path: Path) -> Lab:
    """The workspace of the page."""
    if shutil.which("cc") is None:
        pytest.skip("there is no C compiler")
    table = tmp_path / "cars.csv"
    table.write_text("speed,distance\n" + "".join(f"{x},{3 * x - 4}\n" for x in range(1, 21)))
    lab.goldfish.add_source("cars", table)
    lab.write(pipeline=page_file("pipeline.yaml"))
    put(lab, "src/fit.c", page_file("fit.c"))
    put(lab, "report.sh", page_file("report.sh"))
    return lab


def test_a_program_is_compiled_by_one_stage_and_run_by_the_next(native: Lab) -> None:
    ended = native.run(settings=["fit.epochs=20000"])
    assert ended.outcome == "succeeded", ended
    assert output(native, "run-1/fit", "line") == b'{"slope": 3.000, "intercept": -4.000}\n'
    assert b"run-1/report found a slope of 3.000" in output(native, "run-1/report", "report")
    [sealed] = facts(native, "run-1/fit", "execution.metrics-sealed")
    assert sealed["points"] == 200
    assert facts(native, "run-1/report", "execution.metrics-sealed")[0]["points"] == 1
    heartbeat = native.goldfish.layout.execution("run-1/fit") / "heartbeat.json"
    assert '"message": "epoch 19900"' in heartbeat.read_text()


def test_a_program_that_is_asked_to_stop_ends_by_itself(native: Lab) -> None:
    run = native.start(settings=["fit.epochs=2000000000", "fit.rate=0.0001"]).run
    directory = native.goldfish.layout.execution(f"{run}/fit")
    deadline = time.monotonic() + PATIENCE
    while not (directory / "heartbeat.json").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    native.goldfish.cancel(run, "seen enough of it")
    ended = native.goldfish.wait(run, seconds=PATIENCE)
    assert ended.outcome == "cancelled"
    [exited] = facts(native, f"{run}/fit", "execution.exited")
    assert (exited["ended_by"], exited["exit_code"], exited["signal"]) == ("stopped", 0, None)
    assert int(str(facts(native, f"{run}/fit", "execution.metrics-sealed")[0]["points"])) > 0


def test_a_compiler_error_is_in_the_log(native: Lab) -> None:
    put(native, "src/fit.c", "int main( { }\n")
    ended = native.run()
    assert ended.outcome == "failed"
    assert "build: it exited with code 1" in (ended.cause or "")
    log = native.goldfish.layout.execution("run-1/build") / "log.txt"
    assert "src/fit.c:1" in log.read_text()


@pytest.mark.parametrize(
    ("command", "cause"),
    [
        ("[no-such-program]", "there is no program 'no-such-program' on the PATH of the stage"),
        ("[./fit]", "./fit is not executable; `chmod +x ./fit` in the workspace makes it so"),
        ("[./script]", "a script without a first line like #!/bin/sh"),
        ("[sh, -c, exit 3]", "it exited with code 3"),
    ],
)
def test_a_command_that_fails_says_why(lab: Lab, command: str, cause: str) -> None:
    put(lab, "fit", "#!/bin/sh\n")
    put(lab, "script", "echo\n", 0o755)
    lab.write(pipeline=f"stages:\n  - {{name: train, command: {command}}}\n")
    ended = lab.run()
    assert ended.outcome == "failed"
    assert cause in (ended.cause or "")


def test_lines_that_are_no_metrics_are_reported_and_do_not_fail_the_stage(lab: Lab) -> None:
    script = "#!/bin/sh\nprintf 'loss 0.5 1\\nloss 0,4 2\\nloss 0.3 3\\n' > \"$GOLDFISH_DIRECTORY/metrics.txt\"\n"
    put(lab, "train", script, 0o755)
    lab.write(pipeline="stages:\n  - {name: train, command: [./train]}\n")
    assert lab.run().outcome == "succeeded"
    assert facts(lab, "run-1/train", "execution.metrics-sealed")[0]["points"] == 2
    [found] = [c for c in facts(lab, "run-1/train", "execution.check-evaluated") if c["check"] == "metrics.readable"]
    assert (found["verdict"], found["severity"]) == ("failed", "warn")
    assert found["sentence"] == ("1 line of metrics.txt cannot be read: line 2: 'loss 0,4 2': the value is no number")


GATHERING = """
    stages:
      - name: train
        command: [python, train.py]
        gather: true
        printed: true
      - name: use
        inputs: {made: train.files}
        command: [sh, -c, 'cat "$GOLDFISH_INPUT_MADE/runs/1/model.txt"; ls -R "$GOLDFISH_INPUT_MADE"']
"""


def test_files_that_a_program_leaves_where_it_stands_are_its_output(lab: Lab) -> None:
    lab.write(pipeline=GATHERING)
    code = (
        "import os, pathlib\nimport helper\nos.makedirs('runs/1')\n"
        "pathlib.Path('runs/1/model.txt').write_text('weights\\n')\n"
        "os.symlink('/etc/passwd', 'runs/1/link')\nprint('epoch 1')\nprint('loss: 0.5')\n"
    )
    put(lab, "train.py", code)
    put(lab, "helper.py", "")
    ended = lab.run()
    assert ended.outcome == "succeeded", ended
    [files] = facts(lab, "run-1/train", "execution.output-captured")
    assert (files["name"], files["type"]) == ("files", "directory")
    assert files["described"] == {"files": 1, "skipped": ["runs/1/link: it is a link"]}
    log = (lab.goldfish.layout.execution("run-1/use") / "log.txt").read_text()
    assert log.startswith("weights\n")
    assert "link" not in log
    assert "train.py" not in log
    summary = facts(lab, "run-1/train", "execution.metrics-sealed")[0]["summary"]
    assert list(summary) == ["loss"]  # type: ignore[call-overload]  # a dict


def test_a_stage_that_reads_an_optional_output_needs_it(lab: Lab) -> None:
    lab.write(pipeline=GATHERING)
    put(lab, "train.py", "print('nothing to leave')\n")
    ended = lab.run()
    assert ended.outcome == "failed"
    assert "its input made is run-1/train.files, which is optional and was not written" in (ended.cause or "")


def test_a_loader_of_the_workspace_makes_the_input(lab: Lab, tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("a b c")
    lab.goldfish.add_source("words", tmp_path / "words.txt")
    put(lab, "loaders/words.py", "def read(path, config):\n    return path.read_text().split(config['by'])\n")
    lab.write(
        pipeline="""
            stages:
              - name: train
                inputs: {words: {source: words, loader: "loaders/words.py:read"}}
                outputs: {count: json}
                defaults: {by: " "}
        """,
        train="""
            from goldfish.io import load_input, save_output
            def main():
                save_output("count", len(load_input("words")))
        """,
    )
    ended = lab.run()
    assert ended.outcome == "succeeded", ended
    assert output(lab, "run-1/train", "count") == b"3"


def test_a_module_without_main_is_told_so_when_nothing_was_written(lab: Lab) -> None:
    lab.one_stage("def train():\n    pass\n", outputs="{x: json}")
    ended = lab.run()
    assert ended.outcome == "failed"
    assert "modules/train.py defines no main()" in (ended.cause or "")
