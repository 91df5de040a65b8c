"""The stage program: imports the module, calls main(), and reports what went wrong."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tests.stage.conftest import PACKAGE, ExecutionDirectory


def test_main_is_called_with_helpers_importable(directory: ExecutionDirectory) -> None:
    directory.write_code("import beside, deeper.root\ndef main(): print(beside.WORD, deeper.root.WORD)\n")
    directory.write_code("WORD = 'beside'\n", "modules/beside.py")
    (directory.path / "code/deeper").mkdir()
    directory.write_code("WORD = 'root'\n", "deeper/root.py")
    done = directory.run()
    assert (done.stdout, done.stderr, done.returncode) == ("beside root\n", "", 0)
    assert not list(directory.path.rglob("__pycache__"))


def test_a_module_named_like_one_of_the_library_harms_nothing(directory: ExecutionDirectory) -> None:
    directory.order["module"] = "modules/random.py"
    directory.write_order()
    directory.write_code(
        "import random\ndef main():\n    from goldfish.io import get_seed\n    print(random.random, get_seed())",
        "modules/random.py",
    )
    done = directory.run()
    assert "built-in method random" in done.stdout


def test_an_exception_is_printed_and_reported_with_its_place(directory: ExecutionDirectory) -> None:
    directory.write_code("import helper\ndef main():\n    helper.fail()\n")
    directory.write_code("import json\ndef fail():\n    json.loads('{' + 'x' * 3000)\n", "modules/helper.py")
    done = directory.run()
    assert done.returncode == 1
    assert "JSONDecodeError" in done.stderr
    assert "carry_out" not in done.stderr
    failure = directory.failure()
    assert failure["type"] == "JSONDecodeError"
    assert failure["where"] == "modules/helper.py:3"


def test_a_long_message_is_cut(directory: ExecutionDirectory) -> None:
    directory.write_code("def main(): raise ValueError('x' * 5000)")
    directory.run()
    assert directory.failure()["message"] == "x" * 2000


def test_code_that_does_not_parse_is_reported_by_line(directory: ExecutionDirectory) -> None:
    directory.write_code("x = 1\ndef main(:\n")
    assert directory.run().returncode == 1
    assert (directory.failure()["type"], directory.failure()["where"]) == ("SyntaxError", "modules/train.py:2")


def test_a_missing_module_is_reported(directory: ExecutionDirectory) -> None:
    assert directory.run().returncode == 1
    assert directory.failure()["type"] == "FileNotFoundError"


def test_an_exit_code_of_the_stage_is_its_own(directory: ExecutionDirectory) -> None:
    directory.write_code("import sys\ndef main(): sys.exit(3)")
    assert directory.run().returncode == 3
    directory.write_code("import sys\ndef main(): sys.exit('no data')")
    done = directory.run()
    assert (done.returncode, done.stderr) == (1, "no data\n")
    assert (directory.failure()["type"], directory.failure()["message"]) == ("SystemExit", "no data")


def test_random_is_seeded(directory: ExecutionDirectory) -> None:
    directory.write_code("import random\nprint(random.random())")
    assert directory.run().stdout == directory.run().stdout != ""


def test_points_that_cannot_be_written_fail_the_stage(directory: ExecutionDirectory) -> None:
    directory.write_code(
        "import resource\nfrom goldfish.metrics import log_metric\n"
        "def main():\n    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "    for step in range(100): log_metric('a', 1, step)\n"
    )
    assert directory.run().returncode == 1
    assert directory.failure()["type"] == "OSError"


def test_spawned_workers_find_the_stage_and_log_metrics(directory: ExecutionDirectory) -> None:
    directory.write_code(
        "import multiprocessing\nfrom goldfish.metrics import log_metric\n"
        "def work(number): log_metric('worker', number); return number * 2\n"
        "def main():\n    with multiprocessing.get_context('spawn').Pool(1) as pool:\n"
        "        print(pool.map(work, [1, 2]))\n        pool.close(); pool.join()\n"
    )
    done = directory.run()
    assert (done.stdout, done.stderr) == ("[2, 4]\n", "")
    assert os.path.getsize(directory.path / "metrics.bin") == 2 * 28


def test_the_stage_package_alone_is_enough_without_site_packages(directory: ExecutionDirectory, tmp_path: Path) -> None:
    package = tmp_path / "mounted/goldfish"
    for name in ("__init__.py", "io.py", "metrics.py"):
        package.mkdir(parents=True, exist_ok=True)
        shutil.copy(PACKAGE / name, package / name)
    shutil.copytree(PACKAGE / "stage", package / "stage", ignore=shutil.ignore_patterns("__pycache__"))
    directory.write_code(
        "from goldfish.io import *\nfrom goldfish.metrics import *\nimport goldfish, sys\n"
        "def main():\n    save_output('report', get_config())\n    log_metric('a', 1.5)\n"
        "    heartbeat(); save_checkpoint('c', b'')\n    print(goldfish.__file__, 'pydantic' in sys.modules)\n"
    )
    done = directory.run("-I", "-S", package=package)
    assert done.stderr == ""
    assert done.stdout == f"{package}/__init__.py False\n"
    assert os.path.getsize(directory.path / "metrics.bin") == 28
