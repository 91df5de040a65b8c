"""Small workspaces made at random, whose modules import and open each other in every way that comes to mind."""

from __future__ import annotations

from random import Random

_DIRECTORIES = ["", "modules/", "lib/", "lib/sub/", "modules/lib/", "modules/pkg/", "modules/pkg/sub/"]
_NAMES = ["a", "b", "c", "utils", "lib", "sub", "pkg", "modules", "train", "statistics", "random", "string", "ünï"]
_DATA = ["data.txt", "lib/words.txt", "configs/train.yaml", "configs/words.yaml", "README.md", "lib/README.md"]
_STDLIB = ["tempfile", "json", "fractions", "colorsys", "textwrap", "uuid", "logging.handlers", "email.message"]

# {m} is a dotted name, {n} a plain one, {p} a path, {f} the name of a file, {d} dots, {s} a module of the library.
_PLAIN = [
    "import {m}",
    "import {m}",
    "import {m} as other",
    "import {m}, {n}",
    "import {s}",
    "from {m} import {n}",
    "from {m} import {n}",
    "from {m} import {n} as x, {n} as y",
    "from {m} import *",
    "from {d} import {n}",
    "from {d} import {n}",
    "from {d}{m} import {n}",
    "from {d} import *",
    "from {d}{n} import *",
    "from . import {n}; {n}.{n}",
    "open('{p}').read()",
    "open(__file__.rpartition('/')[0] + '/{f}').read()",
    "from pathlib import Path; Path('{p}').read_text()",
    "from pathlib import Path; (Path(__file__).parent / '{f}').read_text()",
    "from pathlib import Path; Path('{p}').with_suffix('.py').read_bytes()",
    "name = '{n}'; open(f'modules/{{name}}.py').read()",
    "open('lib/' + '{n}' + '.py').read()",
    "open(b'lib/a.py').read()",
    "open('configs/' + 'words' + '.yaml').read()",
]
_HIDDEN = [
    "__import__('{m}')",
    "exec('import {m}')",
    "eval('__import__(\"{m}\")')",
    "import importlib; importlib.import_module('{m}')",
    "from importlib import import_module as get; get('{m}')",
    "from importlib import import_module; import_module('.{n}', __package__)",
    "import builtins; getattr(builtins, '__imp' + 'ort__')('{n}')",
    "__builtins__['__imp' + 'ort__']('{n}')",
    "globals()['__builtins__']['__imp' + 'ort__']('{n}')",
    "import runpy; runpy.run_path('{p}')",
    "import sys; sys.path.append(sys.path[0] + '/lib'); import {n}",
    "from sys import path; path.insert(0, path[0] + '/lib/sub'); import {n}",
    "import sys; getattr(sys, 'pa' + 'th').append(sys.path[0] + '/lib'); import {n}",
    "__path__.append(__path__[0] + '/..'); from . import {n}",
    "__package__ = 'lib'; from . import {n}",
    "__name__ = 'lib.x'; __spec__ = None; __package__ = None; from . import {n}",
    "import pickle; pickle.loads(b'c{m}\\nx\\n.')",
    "from pickle import *; loads(b'c{m}\\nx\\n.')",
    "import pickle as json; json.loads(b'c{m}\\nx\\n.')",
    "import pkgutil; pkgutil.resolve_name('{m}')",
    "import pydoc; pydoc.locate('{m}')",
    "import logging.config; logging.config._resolve('{m}')",
    "import os; [open(os.path.join('lib', f)).read() for f in os.listdir('lib')]",
    "from pathlib import Path; [f.read_text() for f in Path().glob('*.[p]y')]",
    "from pathlib import Path; [f.read_text() for f in Path(__file__).parent.iterdir()]",
    "from pathlib import Path; [f.read_text() for f in Path('.').rglob('*')]",
    "import glob; [open(f).read() for f in glob.glob('*/*')]",
    "import os; [open(d + '/' + f).read() for d, _, fs in os.walk(os.getcwd()) for f in fs]",
    "import shutil, tempfile; shutil.copytree('modules', tempfile.mkdtemp() + '/x')",
    "from unittest import mock; mock.patch('{m}.x').__enter__()",
    "import typing; typing.get_type_hints(type('A', (), {{'__annotations__': {{'x': '__import__(\"{n}\")'}}}}))",
]
_SHAPES = [
    "try:\n    {0}\nexcept BaseException:\n    pass\n",
    "def f():\n    {0}\ntry:\n    f()\nexcept BaseException:\n    pass\n",
    "try:\n    class A:\n        {0}\nexcept BaseException:\n    pass\n",
    "try:\n    import nowhere\nexcept ImportError:\n    try:\n        {0}\n    except BaseException:\n        pass\n",
    "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    {0}\n",
    "async def g():\n    {0}\ntry:\n    g().send(None)\nexcept BaseException:\n    pass\n",
    "def __getattr__(name):\n    {0}\n    raise AttributeError(name)\n",
]


def small_workspace(seed: int, *, hidden: float) -> dict[str, str]:
    """The files of one workspace with a stage in modules/train.py; a share of the imports is `hidden`."""
    random = Random(seed)
    paths = {"modules/train.py"}
    for _ in range(random.randint(3, 14)):
        name = "__init__" if random.random() < 0.25 else random.choice(_NAMES)
        paths.add(f"{random.choice(_DIRECTORIES)}{name}.py")
    paths -= {"__init__.py"}
    files = {path: _module(random, path, sorted(paths), hidden) for path in sorted(paths)}
    return files | {path: f"{path}\n" for path in _DATA}


FORMS = len(_PLAIN) + len(_HIDDEN)


def one_statement(seed: int) -> dict[str, str]:
    """The files of a workspace whose stage has one statement: of each form in turn, with other names each time."""
    random = Random(seed)
    files = small_workspace(seed, hidden=0.0)
    paths = [path for path in files if path.endswith(".py")]
    few = {path: "# a module\n" for path in paths if random.random() < 0.6}  # else all files are opened by others
    form = [*_PLAIN, *_HIDDEN][seed % FORMS]
    return files | few | {"modules/train.py": _SHAPES[0].format(_filled(random, form, paths))}


def _module(random: Random, path: str, paths: list[str], hidden: float) -> str:
    text = "# a module\n"
    if random.random() < 0.15:
        text = '"""It tells of modules/train.py."""\n'
    if random.random() < 0.2:
        text += f"__all__ = {random.sample(_NAMES, 3)}\n"
    for _ in range(4 if path == "modules/train.py" else random.choice([0, 1, 1, 2, 3])):
        form = random.choice(_HIDDEN if random.random() < hidden else _PLAIN)
        text += random.choice(_SHAPES[:1] * 4 + _SHAPES).format(_filled(random, form, paths))
    return text


def _filled(random: Random, form: str, paths: list[str]) -> str:
    path = random.choice([*paths, *_DATA])
    module = random.choice(paths).removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    if random.random() < 0.3:
        module = module.removeprefix("modules.").removeprefix("lib.")
    return form.format(
        m=module,
        n=random.choice(_NAMES),
        p=path,
        f=path.rpartition("/")[2],
        d="." * random.choice([1, 1, 1, 2, 3]),
        s=random.choice(_STDLIB),
    )
