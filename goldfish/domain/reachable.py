"""Which files of a workspace a stage can reach: what it imports, and what these import, found without running any.

Whatever a file might import counts: under `if TYPE_CHECKING`, in functions, under names that two files could have. So
the answer may hold too much and never too little; where that cannot be had, the answer is None, which means all files.
"""

from __future__ import annotations

import posixpath
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Final

from pydantic import JsonValue

from goldfish.domain.fingerprints import CodeFile, is_data
from goldfish.domain.python_source import Import, Names, Source, names_in, read_source
from goldfish.domain.values import StagePlan

MOST_FILES: Final = 2_000  # that one stage imports
MOST_BYTES: Final = 16 << 20
MOST_DEPTH: Final = 64  # names of a dotted name
MOST_NAMES: Final = 2_000_000  # names in texts, each looked for among all files
LINK: Final = 0o120000

# What the process of a stage or packages import: a file of the workspace under such a name is found first.
_ALWAYS: Final = sys.stdlib_module_names | {"goldfish", "numpy", "pandas", "pyarrow"}
_HARMLESS_VARIABLES: Final = frozenset(
    {
        "PYTHONDONTWRITEBYTECODE",
        "PYTHONFAULTHANDLER",
        "PYTHONHASHSEED",
        "PYTHONIOENCODING",
        "PYTHONUNBUFFERED",
        "PYTHONUTF8",
    }
)
_IMPORT_NAMES: Final = {
    "attrs": "attr",
    "beautifulsoup4": "bs4",
    "opencv-python": "cv2",
    "opencv-python-headless": "cv2",
    "pillow": "PIL",
    "protobuf": "google",
    "python-dateutil": "dateutil",
    "pytorch-lightning": "pytorch_lightning",
    "pyyaml": "yaml",
    "scikit-image": "skimage",
    "scikit-learn": "sklearn",
    "typing-extensions": "typing_extensions",
}


@dataclass(frozen=True, slots=True)
class Reach:
    """The files a stage can reach besides those of data, sorted; or None, and why they cannot be known."""

    files: tuple[str, ...] | None
    why: str | None = None


class _Unknown(Exception):
    """What a stage reaches cannot be known."""


def reachable(module: str, files: Collection[str], read: Callable[[str], bytes | None]) -> frozenset[str] | None:
    """The files that the stage `module` ("modules/train.py") can reach; None when that cannot be known.

    These are Python files, and those of the plan's or people's own files (`fingerprints.is_data`) that it names.
    """
    found = Code(files, read).reach(module)
    return None if found.files is None else frozenset(found.files)


class Code:
    """The files of one version, looked at for all its stages.

    `read` gives the bytes of a path. What is learned of a file is kept in `known` by `contents[path]`, which
    identifies its bytes: with a dictionary that lives longer, a file is parsed once and read once.
    `packages` are the installed distributions: they may import a file of the workspace that has one of their names.
    """

    def __init__(
        self,
        files: Iterable[str],
        read: Callable[[str], bytes | None],
        *,
        contents: Mapping[str, str] | None = None,
        known: MutableMapping[str, Source] | None = None,
        packages: Iterable[str] = (),
        problem: str | None = None,
    ) -> None:
        self.files = frozenset(files)
        self.python = frozenset(path for path in self.files if path.endswith(".py"))
        self._read = read
        self._contents = contents or {}
        self._known = {} if known is None else known
        self._taken = _ALWAYS | {_import_name(package) for package in packages}
        self._problem = problem
        self.directories: set[str] = set()  # that hold modules, at any depth
        self.opaque: set[str] = set()  # modules in machine code, without their suffix
        for path in self.files:
            if path.endswith((".so", ".pyc", ".pyd")):
                directory, slash, name = path.rpartition("/")
                self.opaque.add(directory + slash + name.partition(".")[0])
            elif not path.endswith(".py"):
                continue
            directory = path.rpartition("/")[0]
            while directory and directory not in self.directories:
                self.directories.add(directory)
                directory = directory.rpartition("/")[0]

    @classmethod
    def of(
        cls,
        tree: Iterable[CodeFile],
        read: Callable[[str], bytes | None],
        *,
        known: MutableMapping[str, Source] | None = None,
        packages: Iterable[str] = (),
    ) -> Code:
        """The files of a tree. A link that may stand for code makes what is reached unknown."""
        files = {file.path: file for file in tree}
        problem = next((why for file in files.values() if (why := _link_problem(file, files, read))), None)
        contents = {path: file.content for path, file in files.items()}
        return cls(files, read, contents=contents, known=known, packages=packages, problem=problem)

    def stage(self, stage: StagePlan) -> Reach:
        """What a stage of a plan can reach: its module, the loaders of its inputs, and what its configuration names."""
        if stage.command:
            return Reach(None, "it is a command")
        if name := next(
            (n for n in stage.environment if n.startswith("PYTHON") and n not in _HARMLESS_VARIABLES), None
        ):
            return Reach(None, f"the variable {name} may change how Python finds files")
        loaders = [given.loader.script for given in stage.inputs if given.loader is not None]
        return self.reach(stage.module, loaders, [*_texts(stage.config), *stage.environment.values()])

    def reach(self, module: str, more: Iterable[str] = (), texts: Iterable[str] = ()) -> Reach:
        """What a module can reach, together with `more` files that are loaded, and with what these texts name."""
        if self._problem is not None:
            return Reach(None, self._problem)
        try:
            return Reach(tuple(sorted(_Search(self, [module, *more]).all(list(texts)))))
        except _Unknown as unknown:
            return Reach(None, str(unknown))

    def source(self, path: str) -> Source:
        """What one file says. Raises `_Unknown` when it cannot be read."""
        content = self._contents.get(path)
        found = None if content is None else self._known.get(content)
        if found is None:
            data = self._read(path)
            if data is None:
                raise _Unknown(f"{path} cannot be read")
            found = read_source(data)
            if content is not None:
                self._known[content] = found
        if found.unknown is not None:
            raise _Unknown(f"{path}, {found.unknown}")
        return found

    def is_taken(self, name: str) -> bool:
        """Whether others than the workspace import something under this name."""
        return name in self._taken


class _Search:
    """One search: a file under each dotted name that it can have, until nothing new is found."""

    def __init__(self, code: Code, roots: list[str]) -> None:
        self._code = code
        self._roots = roots
        self._paths = list(dict.fromkeys(["", *(_prefix(path) for path in roots)]))  # sys.path, within the workspace
        self._found: set[str] = set()
        self._seen: set[tuple[str, str]] = set()
        self._pending: list[tuple[str, str]] = []
        self._located: dict[str, tuple[list[str], list[str]]] = {}
        self._lists: str | None = None
        self._here: str | None = None
        self._whole: set[str] = set()
        self._size = 0
        self._looked_up = 0

    def all(self, texts: list[str]) -> set[str]:
        for path in self._roots:
            if path not in self._code.python:
                raise _Unknown(f"there is no {path}")
            self._load(path)
        for name in self._names_at_the_top():
            if self._code.is_taken(name):
                self._import(name)
        self._follow(names_in(texts))
        self._whole.update(texts)
        while self._pending:
            name, path = self._pending.pop()
            self._read(name, path)
        self._look_at_listing()
        return self._found

    def _load(self, path: str) -> None:
        """A file by its path, under the name that it has from the top."""
        name = path.removesuffix(".py").replace("/", ".")
        self._import(name)
        self._add(name, path)

    def _names_at_the_top(self) -> Iterator[str]:
        for path in [*self._code.python, *(f"{module}.py" for module in self._code.opaque)]:
            for start in self._paths:
                if path.startswith(start):
                    name, _, rest = path[len(start) :].partition("/")
                    if not rest:
                        yield name.removesuffix(".py")
                    elif rest == "__init__.py":
                        yield name

    def _add(self, name: str, path: str) -> None:
        if (name, path) in self._seen:
            return
        self._seen.add((name, path))
        self._pending.append((name, path))
        self._found.add(path)
        if len(self._seen) > MOST_FILES:
            raise _Unknown(f"it reaches more than {MOST_FILES} files")

    def _import(self, name: str) -> bool:
        """Everything that `import name` may load. Returns whether the whole name is of the workspace."""
        parts = name.split(".")[:MOST_DEPTH]
        whole = False
        for length in range(1, len(parts) + 1):
            prefix = ".".join(parts[:length])
            files, directories = self._locate(prefix)
            for path in files:
                self._add(prefix, path)
            whole = length == len(parts) and bool(files)
            if not files and not directories:
                return False
        return whole

    def _locate(self, name: str) -> tuple[list[str], list[str]]:
        """The files that may be the module of this name, and the directories that its submodules may be in."""
        found = self._located.get(name)
        if found is None:
            parent, _, last = name.rpartition(".")
            bases = [start + last for start in (self._locate(parent)[1] if parent else self._paths)]
            files = [
                path for base in bases for path in (f"{base}.py", f"{base}/__init__.py") if path in self._code.python
            ]
            if any(base in self._code.opaque or f"{base}/__init__" in self._code.opaque for base in bases):
                raise _Unknown(f"{name} is machine code")
            directories = [f"{base}/" for base in bases if base in self._code.directories]
            found = self._located[name] = files, directories
        return found

    def _read(self, name: str, path: str) -> None:
        source = self._code.source(path)
        self._size += source.size
        if self._size > MOST_BYTES:
            raise _Unknown(f"it reaches more than {MOST_BYTES >> 20} MiB of code")
        is_package = path.endswith("/__init__.py") and name.rpartition(".")[2] != "__init__"
        package = name if is_package else name.rpartition(".")[0]
        for wanted in source.imports:
            self._follow_import(wanted, package)
        for base in source.loads:
            owner, _, last = base.rpartition(".")
            if not self._import(base) and not (last[:1].isupper() and owner and self._import(owner)):
                raise _Unknown(f"{path}: the load of {base} may take code from data")
        self._follow(source.names)
        self._whole |= source.names.whole
        self._lists = path if source.lists else self._lists
        self._here = path if source.here else self._here

    def _follow_import(self, wanted: Import, package: str) -> None:
        base = wanted.module
        if wanted.level:
            parts = package.split(".") if package else []
            if len(parts) < wanted.level:
                return  # it fails
            parts = parts[: len(parts) - wanted.level + 1]
            base = ".".join([*parts, base] if base else parts)
        self._import(base)
        for name in wanted.names or ():
            for submodule in self._submodules(base) if name == "*" else (name,):
                self._import(f"{base}.{submodule}")

    def _submodules(self, name: str) -> list[str]:
        """What `import *` may load: the package may list any of its modules."""
        directories = self._locate(name)[1] if self._import_exists(name) else []
        found: set[str] = set()
        for directory in directories:
            for path in self._code.python:
                if path.startswith(directory):
                    found.add(path[len(directory) :].partition("/")[0].removesuffix(".py"))
        return sorted(found - {"__init__"})

    def _import_exists(self, name: str) -> bool:
        parts = name.split(".")
        return all(any(self._locate(".".join(parts[:n]))) for n in range(1, len(parts) + 1))

    def _follow(self, names: Names) -> None:
        """Count what texts name: files by the end of their paths, and modules inside packages."""
        self._looked_up += len(names.files) * len(self._code.files)
        if self._looked_up > MOST_NAMES:
            raise _Unknown("its texts name too many files")
        for end in names.files:
            python = end.endswith(".py")
            for path in self._code.python if python else self._code.files:
                if path.endswith(end) and path not in self._found and not is_data(path):
                    self._found.add(path)
                    if python:
                        self._load(path)
        for name in names.dotted:
            parts = name.split(".")
            if self._locate(parts[0])[1] and self._locate(".".join(parts[:2]))[0]:
                self._import(name)

    def _look_at_listing(self) -> None:
        """Who asks what files there are, where code is, may read code as data."""
        if self._lists is None:
            return
        if self._here is not None:
            raise _Unknown(f"{self._lists} lists files, and {self._here} knows where the code is")
        others = [path for path in self._code.files - self._code.python if not is_data(path)]
        for text in self._whole:
            directory = posixpath.normpath(text).lstrip("/")
            if directory in self._code.directories:
                raise _Unknown(f"{self._lists} lists files, and {text!r} holds code")
            self._found.update(path for path in others if path.startswith(f"{directory}/"))


def _prefix(path: str) -> str:
    directory, slash, _ = path.rpartition("/")
    return directory + slash


def _import_name(package: str) -> str:
    name = package.lower().replace("_", "-")
    return _IMPORT_NAMES.get(name, package.replace("-", "_"))


def _texts(value: JsonValue) -> list[str]:
    """All texts within a value, keys too."""
    found: list[str] = []
    pending: list[JsonValue] = [value]
    while pending:
        match pending.pop():
            case str(text):
                found.append(text)
            case dict(mapping):
                pending += [*mapping.keys(), *mapping.values()]
            case list(items):
                pending += items
    return found


def _link_problem(file: CodeFile, files: Mapping[str, CodeFile], read: Callable[[str], bytes | None]) -> str | None:
    """Why a link may stand for code; None for what is no link, and for one to a file of data."""
    if file.mode != LINK:
        return None
    target = (read(file.path) or b"").decode("utf-8", "replace")
    aim = files.get(posixpath.normpath(posixpath.join(posixpath.dirname(file.path), target)))
    if aim is None or aim.mode == LINK or f"{file.path} {aim.path}".count(".py"):
        return f"the link {file.path} may stand for code"
    return None
