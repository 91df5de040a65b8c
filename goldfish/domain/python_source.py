"""What one Python file says about other files: what it imports, what it names in texts, what nobody can foresee."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from goldfish.domain import unforeseeable

MOST_BYTES: Final = 1 << 20  # of one file; parsing takes a hundred times as much memory

_FILE = re.compile(r"[\w-]*\.(?:py|yaml|md|goldfishignore)(?!\w)")
_DOTTED = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)+")
_FILLED = re.compile(r"%(?:\([^)]*\))?[-#0 +]*[\d*]*(?:\.\d+)?[a-zA-Z]|\$\w+")  # "%s" and "$name": any text comes here
_NO_NODES: Final = frozenset(
    {"asname", "attr", "conversion", "ctx", "id", "is_async", "kind", "kwd_attrs", "level", "names", "op", "ops"}
    | {"simple", "type_comment", "type_ignores"}
)
_CHILDREN: Final = {  # which fields of a node hold nodes
    kind: tuple(name for name in kind._fields if name not in _NO_NODES)
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST)
}


@dataclass(frozen=True, slots=True)
class Import:
    """`import module`, or `from ..module import names` with one `level` a dot. `names` is None for a plain import."""

    module: str
    level: int = 0
    names: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """What texts name: ends of file names ("helpers.py", ".py"), dotted names, and whole short texts."""

    files: frozenset[str] = frozenset()
    dotted: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Source:
    """What matters of one file. It depends on the bytes alone, so that it can be kept by what identifies these."""

    imports: tuple[Import, ...] = ()
    names: Names = Names()
    loads: frozenset[str] = frozenset()  # "lib" for `lib.load()`: harmless when it is code of the workspace
    lists: bool = False  # it asks what files are in a directory …
    here: bool = False  # … and knows a directory of the code without naming it
    size: int = 0
    unknown: str | None = None  # "line 12: importlib", when what it reaches cannot be known


def read_source(data: bytes) -> Source:
    """Look at a file without running any of it."""
    if len(data) > MOST_BYTES:
        return Source(unknown="it is too large to be looked at")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:  # MemoryError: parentheses too deep
        return Source(unknown=f"it cannot be parsed: {type(error).__name__}")
    return replace(_Reader().read(tree), size=len(data))


def names_in(texts: Iterable[str]) -> Names:
    """What these texts may name."""
    files: set[str] = set()
    dotted: set[str] = set()
    whole: set[str] = set()
    for text in texts:
        if len(text) <= 255:
            whole.add(text)
            if directory := unforeseeable.directory_of(text):
                whole.add(directory)
        if text == "py":  # to be put together with a dot
            files.add(".py")
        if "." in text:
            if "%" in text or "$" in text:
                text = _FILLED.sub("/", text)
            files.update(_FILE.findall(text))
            dotted.update(_DOTTED.findall(text))
    return Names(frozenset(files), frozenset(dotted), frozenset(whole))


class _Reader:
    """One walk over a syntax tree, without recursion; then a verdict on what was found, since imports may come late."""

    def __init__(self) -> None:
        self._imports: list[Import] = []
        self._aliases: dict[str, set[str]] = {}
        self._texts: list[str] = []
        self._attributes: list[ast.Attribute] = []
        self._by_name: dict[tuple[str, str], ast.Attribute] = {}
        self._names: dict[str, int] = {}  # names and their first lines …
        self._bare: dict[str, int] = {}  # … and those that are used as values
        self._calls: list[ast.Call] = []
        self._found: list[tuple[int, str]] = []
        self._takers: dict[type[ast.AST], Callable[[Any], bool | None]] = {  # true: nothing below it is of interest
            ast.Name: self._take_name,
            ast.Constant: self._take_text,
            ast.Attribute: self._take_attribute,
            ast.Import: self._take_import,
            ast.ImportFrom: self._take_import_from,
            ast.Expr: self._take_expression,
            ast.Call: self._calls.append,
        }

    def read(self, tree: ast.Module) -> Source:
        self._walk(tree)
        harmless = {id(call.func) for call in self._calls if unforeseeable.is_harmless(call)}
        loads = self._judge(harmless)
        unknown = min(self._found, default=None)
        return Source(
            imports=tuple(dict.fromkeys(self._imports)),
            names=names_in(self._texts),
            loads=loads,
            lists=self._lists(),
            here=self._knows_a_place(),
            unknown=None if unknown is None else f"line {unknown[0]}: {unknown[1]}",
        )

    def _walk(self, tree: ast.Module) -> None:
        pending: list[ast.AST] = [tree]
        takers = self._takers
        while pending:
            node = pending.pop()
            kind = type(node)
            if kind in takers and takers[kind](node):
                continue
            for name in _CHILDREN[kind]:
                value = getattr(node, name, None)
                if type(value) is list:
                    pending += [item for item in value if isinstance(item, ast.AST)]
                elif isinstance(value, ast.AST):
                    pending.append(value)

    def _take_name(self, node: ast.Name) -> bool:
        if node.id == "__name__" and isinstance(node.ctx, ast.Load):
            return True  # only setting it changes what is imported
        self._names.setdefault(node.id, node.lineno)
        self._bare.setdefault(node.id, node.lineno)
        return True

    def _take_attribute(self, node: ast.Attribute) -> bool:
        if not isinstance(node.value, ast.Name):
            self._attributes.append(node)
            return False  # what it is an attribute of is looked at, too
        if node.value.id != "__name__":
            self._names.setdefault(node.value.id, node.lineno)
        known = self._by_name.setdefault((node.value.id, node.attr), node)
        if known is node or unforeseeable.is_load(node.attr):  # calls of these are told apart
            self._attributes.append(node)
        return True

    def _take_expression(self, node: ast.Expr) -> bool:
        return type(node.value) is ast.Constant  # a docstring, or a text that nobody gets

    def _take_text(self, node: ast.Constant) -> bool:
        if isinstance(node.value, str):
            self._texts.append(node.value)
            if "__" in node.value and unforeseeable.is_text(node.value):
                self._found.append((node.lineno, node.value[:40]))
        elif isinstance(node.value, bytes):
            self._texts.append(node.value.decode("utf-8", "replace"))
        return True

    def _take_import(self, node: ast.Import) -> bool:
        for alias in node.names:
            self._imports.append(Import(alias.name))
            bound = alias.asname or alias.name.partition(".")[0]
            self._bind(bound, alias.name if alias.asname else bound)
            self._check(node, alias.name)
        return True

    def _take_import_from(self, node: ast.ImportFrom) -> bool:
        module = node.module or ""
        self._imports.append(Import(module, node.level, tuple(alias.name for alias in node.names)))
        for alias in node.names:
            full = f"{'.' * node.level}{module}.{alias.name}"
            self._bind(alias.asname or alias.name, full)
            self._check(node, full)
        return True

    def _bind(self, name: str, full: str) -> None:
        self._aliases.setdefault(name, set()).add(full)

    def _check(self, node: ast.stmt | ast.expr, full: str) -> None:
        if unforeseeable.is_import(full):
            self._found.append((node.lineno, full))

    def _judge(self, harmless: set[int]) -> frozenset[str]:
        """Note what cannot be foreseen, and return the names whose `load` it depends on."""
        self._found += [(line, name) for name, line in self._names.items() if unforeseeable.is_name(name)]
        for name, line in self._bare.items():
            if any(map(unforeseeable.is_guarded, self._aliases.get(name, {name}))):
                self._found.append((line, name))
        for call in self._calls:
            if problem := unforeseeable.call_problem(call, self._full(call.func)):
                self._found.append((call.lineno, problem))
        loads: set[str] = set()
        for node in self._attributes:
            bases = self._full(node.value) or {"…"}
            if any(unforeseeable.is_attribute(base, node.attr) for base in bases):
                self._found.append((node.lineno, f"{min(bases)}.{node.attr}"))
            elif unforeseeable.is_load(node.attr) and id(node) not in harmless:
                loads |= self._loaders(node, bases)
        by_star = any(map(unforeseeable.is_load, self._names.keys() - self._aliases.keys()))
        for full in (full for found in self._aliases.values() for full in found):
            module, dot, name = full.rpartition(".")
            if dot and (unforeseeable.is_load(name) or (by_star and name == "*")):
                loads.add(module)
        return frozenset(base for base in loads if not unforeseeable.is_safe_loader(base))

    def _loaders(self, node: ast.Attribute, bases: set[str]) -> set[str]:
        """The imported names that `node` loads by, as far as they may take code; anything else is noted."""
        unsafe = {base for base in bases if not unforeseeable.is_safe_loader(base)}
        if unsafe and not self._is_imported(node.value):
            self._found.append((node.lineno, f"{min(unsafe)}.{node.attr} may take code from data"))
        return unsafe

    def _full(self, node: ast.expr) -> set[str]:
        """What an expression may be by its names: "os.path" for `os.path`, "numpy" for `np`; empty for other things."""
        attributes: list[str] = []
        while isinstance(node, ast.Attribute):
            attributes.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return {".".join(["…", *reversed(attributes)])} if attributes else set()
        found = self._aliases.get(node.id) or {node.id}
        return {".".join([base, *reversed(attributes)]) for base in found}

    def _is_imported(self, node: ast.expr) -> bool:
        """Whether an expression begins with a name that the file imports."""
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and node.id in self._aliases

    def _lists(self) -> bool:
        used = {node.attr for node in self._attributes}
        imported = {full.rpartition(".")[2] for found in self._aliases.values() for full in found}
        return not unforeseeable.LISTING.isdisjoint(used | imported)

    def _knows_a_place(self) -> bool:
        if not unforeseeable.PLACES.isdisjoint(self._names):
            return True
        return any(node.attr in unforeseeable.PLACES for node in self._attributes) or any(
            unforeseeable.names_this_directory(call) for call in self._calls
        )
