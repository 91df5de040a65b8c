"""The words of a Python file after which nobody can say what it reaches.

They import by a text, run other programs, take code from data (pickles name classes, and importing these runs code), or
change where imports look. The lists are for honest code: whoever hides an import finds a way.
"""

from __future__ import annotations

import ast
import re
from typing import Final

# Importing these is enough.
_BY_TEXT: Final = frozenset(
    {"_imp", "builtins", "gin", "hydra", "imp", "importlib", "jsonargparse", "kedro", "logging.config"}
    | {"mlflow", "mmcv", "mmengine", "modulefinder", "pkg_resources", "pkgutil", "pyclbr", "pydoc", "site"}
    | {"runpy", "setuptools", "distutils", "stevedore", "torch.hub", "unittest", "zipapp", "zipimport"}
)
_PROGRAMS: Final = frozenset(
    {"_posixsubprocess", "_xxsubinterpreters", "code", "codeop", "compileall", "concurrent.interpreters", "doctest"}
    | {"IPython", "jupyter", "multiprocessing.spawn", "nbclient", "nbconvert", "papermill", "pdb", "pexpect", "pip"}
    | {"plumbum", "pty", "py_compile", "pytest", "sh", "subprocess", "trace", "venv"}
    | {"torch.distributed.launch", "torch.distributed.run"}
)
_PICKLES: Final = frozenset({"_pickle", "cloudpickle", "dill", "jsonpickle", "shelve", "stable_baselines3"})
_MACHINE_CODE: Final = frozenset({"cffi", "ctypes", "pyximport"})
_MODULES: Final = _BY_TEXT | _PROGRAMS | _PICKLES | _MACHINE_CODE | {"__main__"}
_FINE: Final = frozenset({"importlib.metadata"})
# Fine, but for some of what they hold. Four may not be handed around: then nobody sees what of them is used.
_GUARDED: Final = {
    "asyncio": re.compile(r"subprocess.*|create_subprocess.*"),
    "cProfile": re.compile(r"run|runctx|main"),
    "joblib": re.compile(r"load|Memory|memory|numpy_pickle|\*"),
    "os": re.compile(r"system|popen|exec.*|spawn.*|posix_spawn.*|startfile|__.*|\*"),
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
_METHODS: Final = frozenset(
    {"Popen", "create_subprocess_exec", "create_subprocess_shell", "exec_module", "find_class", "find_spec"}
    | {"import_module", "load_module", "make_archive", "run_module", "run_path", "set_executable", "with_stem"}
    | {"spec_from_file_location", "subprocess_exec", "subprocess_shell", "__globals__", "__subclasses__"}
)
_ATTRIBUTES: Final = _NAMES | _METHODS
_LOADS: Final = frozenset(
    {"load", "loads", "load_all", "load_from_checkpoint", "load_learner", "load_model", "load_pickle"}
    | {"full_load", "unsafe_load", "unsafe_load_all", "Unpickler", "read_hdf", "read_pickle", "unpickle"}
)
_SAFE_LOADERS: Final = frozenset(
    {"json", "tomllib", "tomli", "toml", "orjson", "simplejson", "ujson", "msgpack"} | {"numpy", "np", "self", "cls"}
)

LISTING: Final = frozenset(
    {"iterdir", "rglob", "glob", "iglob", "listdir", "scandir", "walk", "fwalk", "copytree", "tarfile"}
)
PLACES: Final = frozenset(
    {"__file__", "getcwd", "getcwdb", "cwd", "curdir", "pardir", "co_filename", "getsourcefile", "getfile"}
)
_OF_DIRECTORIES: Final = frozenset(
    {"Path", "PosixPath", "listdir", "scandir", "walk", "fwalk", "copytree", "abspath", "realpath"}
    | {"add"}  # of a tar file
)


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
    return full.rpartition(".")[2] in _HANDED_AROUND


def is_name(name: str) -> bool:
    """Whether the bare name is enough; `__name__` is, when it is set."""
    return name in _ATTRIBUTES or name in _FUNCTIONS or name == "__name__"


def is_text(text: str) -> bool:
    """Whether a text is enough: somebody looks one of these up by name, or evaluates it."""
    return "__import__" in text or "__builtins__" in text or (text in _NAMES and text.startswith("__"))


def is_attribute(base: str, name: str) -> bool:
    """Whether `base.name` is enough."""
    if base == "__file__":
        return name in ("replace", "removesuffix", "translate")  # the name of a file made from that of another
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
    texts = [given.value for given in call.args if isinstance(given, ast.Constant) and isinstance(given.value, str)]
    if name in ("glob", "iglob"):  # of a path or of the module: the module's begins at the directory of the code
        is_module = not isinstance(call.func, ast.Attribute) or getattr(call.func.value, "id", "") == "glob"
        return is_module and any(directory_of(text) == "" for text in texts)
    if name not in _OF_DIRECTORIES:
        return False
    return (not call.args and name != "add") or any(text.strip("./") == "" for text in texts)


def directory_of(pattern: str) -> str | None:
    """The directory in which a pattern begins to search; None for a pattern that finds no Python file, or is none."""
    wild = re.search(r"[*?\[]", pattern)
    if wild is None or pattern.startswith("/"):
        return None
    suffix = re.search(r"\.(\w+)$", pattern)
    if suffix is not None and suffix[1] != "py":
        return None
    return pattern[: wild.start()].rpartition("/")[0]
