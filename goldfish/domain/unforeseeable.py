"""The words of a Python file after which nobody can say what it reaches.

They import by a text, run other programs, take code from data (pickles name classes, and importing these runs code), or
change where imports look. The lists are for honest code: whoever hides an import finds a way.
"""

from __future__ import annotations

import ast
import re
from typing import Final

# Importing these is enough.
_MODULES: Final = frozenset(
    [
        "__main__",
        "_imp",
        "_pickle",
        "_posixsubprocess",
        "_thread_spawn",
        "builtins",
        "code",
        "codeop",
        "ctypes",
        "cffi",
        "dill",
        "cloudpickle",
        "doctest",
        "distutils",
        "gin",
        "hydra",
        "imp",
        "importlib",
        "IPython",
        "jsonargparse",
        "jupyter",
        "kedro",
        "logging.config",
        "mlflow",
        "mmcv",
        "mmengine",
        "modulefinder",
        "multiprocessing.spawn",
        "nbclient",
        "nbconvert",
        "pdb",
        "pexpect",
        "pip",
        "pkg_resources",
        "pkgutil",
        "plumbum",
        "pty",
        "pydoc",
        "pyximport",
        "pytest",
        "papermill",
        "runpy",
        "setuptools",
        "sh",
        "shelve",
        "site",
        "stable_baselines3",
        "stevedore",
        "subprocess",
        "torch.distributed.launch",
        "torch.distributed.run",
        "torch.hub",
        "trace",
        "unittest",
        "zipapp",
        "zipimport",
    ]
)
_FINE: Final = frozenset({"importlib.metadata"})
# Fine, but for some of what they hold. Four may not be handed around: then nobody sees what of them is used.
_GUARDED: Final = {
    "asyncio": re.compile(r"subprocess.*|create_subprocess.*"),
    "cProfile": re.compile(r"run|runctx|main"),
    "joblib": re.compile(r"load|Memory|memory|numpy_pickle|\*"),
    "os": re.compile(r"system|popen|exec.*|spawn.*|posix_spawn.*|startfile|\*"),
    "pickle": re.compile(r"(?!dump$|dumps$|HIGHEST_PROTOCOL$|DEFAULT_PROTOCOL$|PickleError$|PicklingError$).*"),
    "profile": re.compile(r"run|runctx|main"),
    "sys": re.compile(r"path|path_.*|meta_path|modules|setdlopenflags|_.*|\*"),
    "timeit": re.compile(r"timeit|repeat|Timer|main|\*"),
}
_HANDED_AROUND: Final = frozenset({"joblib", "os", "pickle", "sys"})
_NAMES: Final = frozenset(
    {"__import__", "__builtins__", "__loader__", "__path__", "__package__", "__spec__", "breakpoint"}
)
_FUNCTIONS: Final = frozenset({"eval", "exec", "compile"})  # as names; torch has an `eval` of another kind
_ATTRIBUTES: Final = _NAMES | frozenset(
    [
        "Popen",
        "create_subprocess_exec",
        "create_subprocess_shell",
        "subprocess_exec",
        "subprocess_shell",
        "import_module",
        "find_spec",
        "exec_module",
        "load_module",
        "spec_from_file_location",
        "set_executable",
        "run_path",
        "run_module",
        "find_class",
        "__globals__",
        "__subclasses__",
        "__reduce__",
    ]
)
_LOADS: Final = frozenset(
    [
        "load",
        "loads",
        "Unpickler",
        "read_pickle",
        "load_model",
        "load_learner",
        "load_from_checkpoint",
        "unpickle",
        "load_pickle",
    ]
)
_SAFE_LOADERS: Final = frozenset(
    [
        "json",
        "tomllib",
        "tomli",
        "toml",
        "orjson",
        "simplejson",
        "ujson",
        "msgpack",
        "numpy",
        "np",
        "self",
        "cls",
        "super",
    ]
)

LISTING: Final = frozenset(
    ["iterdir", "rglob", "glob", "iglob", "listdir", "scandir", "walk", "fwalk", "copytree", "make_archive"]
)
PLACES: Final = frozenset({"__file__", "getcwd", "getcwdb", "cwd", "co_filename", "getsourcefile", "getfile", "argv"})


def is_import(full: str) -> bool:
    """Whether importing this name ("importlib.util", "os.system") is enough."""
    parts = full.split(".")
    prefixes = {".".join(parts[:n]) for n in range(1, len(parts) + 1)}
    if prefixes & _MODULES:
        return not prefixes & _FINE
    module, _, name = full.rpartition(".")
    return is_guarded_use(module, name)


def is_guarded_use(module: str, name: str) -> bool:
    """Whether this is what must not be used of a module that is fine otherwise."""
    last = module.rpartition(".")[2]  # `helpers.os` is `os`, when helpers.py imports it
    pattern = _GUARDED.get(last if last in _HANDED_AROUND else module)
    return pattern is not None and pattern.fullmatch(name) is not None


def is_guarded(full: str) -> bool:
    """Whether a module may not be handed around as a value."""
    return full in _HANDED_AROUND


def is_name(name: str) -> bool:
    """Whether the bare name is enough; `__name__` is, when it is set."""
    return name in _NAMES or name in _FUNCTIONS or name == "__name__"


def is_attribute(base: str, name: str) -> bool:
    """Whether `base.name` is enough."""
    return name in _ATTRIBUTES or is_import(f"{base}.{name}")


def is_load(name: str) -> bool:
    """Whether a function of this name may take code from data."""
    return name in _LOADS


def is_safe_loader(base: str) -> bool:
    """Whether the `load` of this takes no code from data."""
    return base.startswith(".") or base in _SAFE_LOADERS


def is_harmless(call: ast.Call) -> bool:
    """Whether a call of `load` says itself that it takes no code: torch.load(…, weights_only=True)."""
    return any(
        k.arg == "weights_only" and isinstance(k.value, ast.Constant) and k.value.value is True for k in call.keywords
    )


def call_problem(call: ast.Call, names: set[str]) -> str | None:
    """What is wrong with the arguments of a call, or None."""
    for given in call.keywords:
        denied = isinstance(given.value, ast.Constant) and given.value.value is False
        if given.arg in ("allow_pickle", "trust_remote_code") and not denied:
            return given.arg
    if names & {"numpy.load", "np.load"} and (len(call.args) > 2 or any(k.arg is None for k in call.keywords)):
        return "numpy.load may unpickle"
    return None


def names_this_directory(call: ast.Call) -> bool:
    """Whether a call is about a directory of the code without naming it: `Path()`, `listdir(".")`, `glob("*")`."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    first = call.args[0] if call.args else None
    if first is None:
        return name in ("Path", "PosixPath", "listdir", "scandir")
    if not isinstance(first, ast.Constant) or not isinstance(first.value, str):
        return False
    if name in ("glob", "iglob"):  # of a path or of the module: then it begins at the directory of the code
        is_module = not isinstance(call.func, ast.Attribute) or getattr(call.func.value, "id", "") == "glob"
        return is_module and "*" in first.value.rpartition("/")[2] and not first.value.startswith("/")
    return name in (
        "Path",
        "PosixPath",
        "listdir",
        "scandir",
        "walk",
        "copytree",
        "make_archive",
        "abspath",
        "realpath",
    ) and (first.value.strip("./") == "")
