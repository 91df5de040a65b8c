"""What a stage can reach is what it may import, nothing of it run; or it is said that nobody can know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from goldfish.domain.python_source import MOST_BYTES, Source
from goldfish.domain.reachable import LINK, MOST_FILES, Code, Reach, reachable
from goldfish.domain.values import InputPlan, Loader, StagePlan


@dataclass(frozen=True)
class File:
    path: str
    mode: int = 0o100644
    content: str = "aa"


def reach(stage: str, /, **others: str) -> set[str] | None:
    """What modules/train.py with this text reaches besides itself. `lib__models` stands for lib/models.py."""
    files = {name.replace("__", "/").replace("//init/", "/__init__") + ".py": text for name, text in others.items()}
    return reach_in({**files, "modules/train.py": stage})


def reach_in(files: dict[str, str]) -> set[str] | None:
    found = reachable("modules/train.py", files, lambda path: files[path].encode())
    return None if found is None else set(found) - {"modules/train.py"}


def why(stage: str) -> str | None:
    files = {"modules/train.py": stage}
    return Code(files, lambda path: files[path].encode()).reach("modules/train.py").why


@pytest.mark.parametrize(
    "text",
    [
        "import lib.models",
        "import lib.models as m, json",
        "from lib import models",
        "from lib.models import Net",
        "from lib import *",
        "def main():\n    from lib import models",
        "try:\n    import lib.models\nexcept ImportError:\n    pass",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import lib.models",
        "if False:\n    import lib.models",
        "class A:\n    import lib.models",
        "async def f():\n    async with x as y:\n        import lib.models",
        "match 1:\n    case 1:\n        import lib.models",
        "lambda: 0\nwhile 1:\n    import lib.models",
        "# coding: utf-8\nimport lib.models",
        "\ufeffimport lib.models",
    ],
)
def test_an_import_is_followed_wherever_it_is_written(text: str):
    assert reach(text, lib__models="") == {"lib/models.py"}


def test_it_looks_at_the_top_and_beside_the_module():
    assert reach("import helpers", modules__helpers="") == {"modules/helpers.py"}
    assert reach("import helpers", helpers="") == {"helpers.py"}
    assert reach("import modules.helpers", modules__helpers="") == {"modules/helpers.py"}
    assert reach("import helpers", lib__helpers="") == set()


def test_relative_imports_are_followed_by_the_name_a_file_is_imported_under():
    assert reach("from . import a", modules__a="from .b import c", modules__b="") == {"modules/a.py", "modules/b.py"}
    assert reach("from ..lib import a", lib__a="") == set(), "there is nothing above the top"
    deep = {"lib__a____init__": "from ..b import x", "lib__b": ""}
    assert reach("import lib.a", **deep) == {"lib/a/__init__.py", "lib/b.py"}
    parts = {"lib__a": "from . import b", "modules__lib__b": ""}
    assert reach("import lib.a", **parts) == {"lib/a.py", "modules/lib/b.py"}, "one package in two places"


def test_packages_on_the_way_count_and_what_they_import():
    files = {"lib____init__": "import other", "lib__models____init__": "", "lib__models__net": "", "other": ""}
    expected = {"lib/__init__.py", "lib/models/__init__.py", "lib/models/net.py", "other.py"}
    assert reach("import lib.models.net", **files) == expected
    assert reach("from . import a", modules____init__="import other", other="", modules__a="") == {
        "modules/__init__.py",
        "modules/a.py",
        "other.py",
    }


def test_cycles_end():
    assert reach("import a", a="import b", b="import a, modules.train") == {"a.py", "b.py"}


def test_what_is_not_of_the_workspace_is_ignored_unless_a_file_stands_before_it():
    assert reach("import numpy as np, torch.nn, nowhere", other="") == set()
    assert reach("import torch", modules__torch="import other", other="") == {"modules/torch.py", "other.py"}
    assert reach("x = 1", statistics="import other", other="") == {"statistics.py", "other.py"}, "others may import it"
    code = Code(["modules/train.py", "yaml.py"], lambda path: b"", packages=["PyYAML"])
    assert code.reach("modules/train.py") == Reach(("modules/train.py", "yaml.py"))


def test_a_file_that_is_named_in_a_text_counts_and_what_it_imports():
    for text in ("helpers.py", "lib/helpers.py", "../lib/helpers.py", "see lib/helpers.py, line 3", "pers.py"):
        assert reach(f"open({text!r})", lib__helpers="import other", other="") == {"lib/helpers.py", "other.py"}
    for text in (
        "f'{name}.py'",
        "'%s.py' % name",
        "'%(name)02s.py' % x",
        "'$name.py'",
        "'{}.py'.format(x)",
        "'a.' + 'py'",
    ):
        assert reach(f"open({text})", lib__helpers="") == {"lib/helpers.py"}
    assert reach("open(b'helpers.py')", lib__helpers="") == {"lib/helpers.py"}
    assert reach("'''As in helpers.py.'''", lib__helpers="") == set(), "nobody opens a docstring"
    assert reach("target = 'lib.models.Net'", lib__models="") == {"lib/models.py"}
    assert reach("log('train.loss')", modules__other="") == set()


def test_files_of_the_plan_and_of_people_count_when_they_are_named():
    files = {"configs/words.yaml": "", "configs/train.yaml": "", "README.md": "", "data.txt": ""}
    assert reach_in({**files, "modules/train.py": "open('configs/words.yaml')"}) == {"configs/words.yaml"}
    assert reach_in({**files, "modules/train.py": "open(f'configs/{x}.yaml')"}) == {
        "configs/words.yaml",
        "configs/train.yaml",
    }
    assert reach_in({**files, "modules/train.py": "import os\nos.listdir('./configs/')"}) == {
        "configs/words.yaml",
        "configs/train.yaml",
    }
    assert reach_in({**files, "modules/train.py": "x = 'configs'"}) == set()


@pytest.mark.parametrize(
    "text",
    [
        "import importlib",
        "from importlib import import_module",
        "import importlib.util as u",
        "import runpy",
        "import pkgutil",
        "import imp",
        "import subprocess",
        "from subprocess import run",
        "import ctypes",
        "import builtins",
        "import hydra",
        "import dill",
        "__import__('lib')",
        "exec(text)",
        "f = eval",
        "compile(text, 'x', 'exec')",
        "import os\nos.system('python x')",
        "import os\nos.execv('python', [])",
        "import os\ngetattr(os, 'sys' + 'tem')('x')",
        "from os import system",
        "from os import *",
        "import sys\nsys.path.append('lib')",
        "import sys\nsys.modules['a'] = 1",
        "from sys import path",
        "import sys as s\ns.meta_path.clear()",
        "import sys\nf(sys)",
        "import asyncio\nasyncio.create_subprocess_exec('python')",
        "import multiprocessing\nmultiprocessing.set_executable('x')",
        "import pickle\npickle.load(f)",
        "from pickle import loads",
        "import pickle\njson = pickle\njson.load(f)",
        "import joblib\njoblib.load(f)",
        "import torch\ntorch.load(f)",
        "from torch import *\nload(f)",
        "import yaml\nyaml.unsafe_load(f)",
        "import json\nx = '__import__(\"a\")'",
        "__builtins__['x']",
        "globals()['__builtins__']",
        "from pathlib import Path\nPath(__file__).with_stem('helpers').read_text()",
        "open(__file__.replace('train', 'helpers'))",
        "import glob\nglob.glob('modules/*')",
        "import glob\nglob.glob('*/t[r]ain.py')",
        "import tarfile\ntarfile.open('x').add('modules')",
        "model.load(f)",
        "make().load(f)",
        "import numpy as np\nnp.load(f, allow_pickle=True)",
        "import numpy as np\nnp.load(f, None, True)",
        "import pandas as pd\npd.read_pickle(f)",
        "load('x', trust_remote_code=True)",
        "__path__.append('x')",
        "__name__ = 'a.b'",
        "def f(:",
        "\0",
        "(" * 500 + ")" * 500,
        "-" * 20_000 + "1",
        "#" + "x" * MOST_BYTES,
        "from pathlib import Path\nfor f in Path(__file__).parent.iterdir(): f.read_text()",
        "import os\nfor f in os.listdir(__file__.rpartition('/')[0]): open(f)",
        "import os\nfor f in os.listdir(): open(f)",
        "import os\nfor f in os.listdir('modules'): open(f)",
        "from glob import glob\nglob('*')",
        "from pathlib import Path\nPath('.').rglob('*')",
    ],
)
def test_what_nobody_can_foresee_is_said(text: str):
    assert reach(text) is None
    assert reach("import a", a=text) is None
    assert reach("import b", a=text, b="") == {"b.py"}, "who does not reach it does not mind"
    assert (why(text) or "").startswith("modules/train.py")


@pytest.mark.parametrize(
    "text",
    [
        "import importlib.metadata\nimportlib.metadata.version('numpy')",
        "import os\nos.path.join('a', 'b'), os.environ['A'], os.makedirs('x')",
        "import sys\nsys.exit(1), sys.stdout",
        "import re\nre.compile('x')",
        "model.eval()\ndf.eval('a + b')",
        "import json\njson.load(f)",
        "import json as j\nj.loads(x)",
        "import numpy as np\nnp.load(f)\nnp.load(f, allow_pickle=False)",
        "import torch\ntorch.load(f, weights_only=True)",
        "import pickle\npickle.dump(x, f, pickle.HIGHEST_PROTOCOL)",
        "import joblib\njoblib.Parallel(2)\njoblib.dump(x, f)",
        "import multiprocessing\nmultiprocessing.Pool(2)",
        "import glob\nglob.glob('modules/*.png')\nglob.glob('data/*')",
        "import os\nfor f in os.listdir(folder): print(f.split('.'), os.path.join(folder, f))",
        "class A:\n    def f(self):\n        self.load(1)",
        "if __name__ == '__main__':\n    print(__name__.upper())",
        "from goldfish.io import load_input\nfor f in load_input('images').iterdir(): f.read_bytes()",
        "from pathlib import Path\nPath(__file__).with_name('words.txt').read_text()",
    ],
)
def test_what_is_harmless_stays_known(text: str):
    assert reach(text, other="") == set()


def test_a_load_of_the_workspace_is_known():
    assert reach("from lib.io import load\nload(1)", lib__io="") == {"lib/io.py"}
    assert reach("import lib.io as io\nio.load(1)", lib__io="") == {"lib/io.py"}
    assert reach("from lib.io import Net\nNet.load(1)", lib__io="") == {"lib/io.py"}
    assert reach("from . import texts\ntexts.load(1)", modules__texts="") == {"modules/texts.py"}
    assert reach("from nowhere import load\nload(1)") is None


def test_work_is_bounded():
    many = {f"m{number}": f"import m{number + 1}" for number in range(MOST_FILES + 2)}
    assert reach("import m0", **many) is None
    assert reach("import m2", **dict(list(many.items())[:20])) is not None
    large = {f"m{number}": f"import m{number + 1}\nx = '{'x' * 1_000_000}'" for number in range(17)}
    assert reach("import m0", **large) is None
    names = " ".join(f"{number}.py" for number in range(1_000))
    assert reach(f"x = {names!r}", **dict.fromkeys(many, "")) is None


def test_code_that_is_no_python_is_never_looked_into():
    files = {"modules/train.py": "import fast", "modules/fast.cpython-311-x86_64-linux-gnu.so": "\0"}
    assert reach_in(files) is None
    assert reach_in({**files, "modules/train.py": "import slow"}) == set()


def test_a_file_that_is_missing_or_cannot_be_read_makes_it_unknown():
    assert reachable("modules/train.py", [], lambda path: None) is None
    assert reachable("modules/train.py", ["modules/train.py"], lambda path: None) is None


def test_a_link_that_may_stand_for_code_makes_it_unknown():
    def through(link: str, target: str) -> Reach:
        tree = [File("modules/train.py"), File("data/a.txt"), File("lib/b.py"), File(link, LINK)]
        return Code.of(tree, lambda path: target.encode() if path == link else b"").reach("modules/train.py")

    assert through("data/latest.txt", "a.txt").files == ("modules/train.py",)
    for link, target in [("lib/c.py", "b.py"), ("lib2", "lib"), ("c.txt", "lib/b.py"), ("lib/c.py", "../data/a.txt")]:
        assert through(link, target).why == f"the link {link} may stand for code"


# ── stages of a plan ──────────────────────────────────────────────────────────────────────────────────────────────────


def of_stage(files: dict[str, str], **fields: Any) -> Reach:
    tree = [File(path, content=text) for path, text in files.items()]
    return Code.of(tree, lambda path: files[path].encode()).stage(StagePlan(name="train", **fields))


FILES = {"modules/train.py": "", "loaders/text.py": "import words", "loaders/words.py": "", "lib/net.py": ""}


def test_loaders_and_what_they_import_count():
    given = InputPlan(name="a", type="file", digest="sha256:11", loader=Loader(script="loaders/text.py"))
    found = of_stage(FILES, module="modules/train.py", inputs=[given])
    assert found.files == ("loaders/text.py", "loaders/words.py", "modules/train.py")


def test_what_the_configuration_names_counts():
    found = of_stage(FILES, module="modules/train.py", config={"model": [{"class": "lib.net.Net"}]})
    assert found.files == ("lib/net.py", "modules/train.py")


def test_a_command_and_a_changed_search_path_are_unknown():
    assert of_stage(FILES, command=["./run.sh"]).why == "it is a command"
    assert of_stage(FILES, module="modules/train.py", environment={"PYTHONPATH": "lib"}).files is None
    assert of_stage(FILES, module="modules/train.py", environment={"PYTHONUTF8": "1"}).files == ("modules/train.py",)


def test_a_file_is_read_once_when_its_content_is_known():
    known: dict[str, Source] = {}
    asked: list[str] = []

    def read(path: str) -> bytes:
        asked.append(path)
        return FILES[path].encode()

    expected = ("loaders/text.py", "loaders/words.py")
    for _ in range(2):
        tree = [File(path, content=f"content of {path}") for path in FILES]
        assert Code.of(tree, read, known=known).reach("loaders/text.py").files == expected
    assert sorted(asked) == list(expected)
