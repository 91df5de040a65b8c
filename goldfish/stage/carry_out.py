"""Carries out one stage in this process: import its module, call its `main()`, report what went wrong."""

from __future__ import annotations

import importlib.util
import io
import json
import os
import sys
from typing import TYPE_CHECKING

from goldfish.stage import files
from goldfish.stage.order import Order, current

if TYPE_CHECKING:
    from types import ModuleType, TracebackType


def carry_out() -> None:
    """Run the stage that the order names. An exception of the stage ends the process with code 1 and failure.json."""
    order = current()
    sys.dont_write_bytecode = True  # the code directory shows a version; nothing may be added to it
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(line_buffering=True)  # a killed stage leaves every line it printed
    if order.seed is not None:
        import random

        random.seed(order.seed)
    sys.excepthook = lambda kind, error, trace: _report(order, kind, error, trace)
    try:
        main = getattr(_load(order), "main", None)
        if callable(main):
            main()
        if "goldfish.stage.metrics" in sys.modules:
            sys.modules["goldfish.stage.metrics"].finish()  # here, so that points that cannot be written fail the stage
        _note_loaded(order)
    except SystemExit as end:
        _note_loaded(order)
        if end.code is not None and not isinstance(end.code, int):
            _write_failure(order, "SystemExit", str(end.code), None, memory=False)
        raise


def _note_loaded(order: Order) -> None:
    """Say which files of the code were imported, so that goldfish can tell whether it had foreseen them all."""
    inside = os.path.join(os.path.realpath(order.code), "")
    paths = [os.path.realpath(getattr(module, "__file__", None) or "") for module in list(sys.modules.values())]
    loaded = sorted({path.removeprefix(inside) for path in paths if path.startswith(inside)})
    files.write(order.path("loaded.json"), json.dumps(loaded).encode())


def _load(order: Order) -> ModuleType:
    """Import the stage's module under a dotted name, as `import modules.train` would, with its helpers importable."""
    path = os.path.join(order.code, order.module)
    sys.path[:0] = [order.code, os.path.dirname(path)]
    name = order.module.removesuffix(".py").replace("/", ".")
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{order.module} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _report(order: Order, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print the traceback from the stage's own code on, and write failure.json."""
    import traceback

    inside = os.path.join(order.code, "")
    first = trace
    while first is not None and not first.tb_frame.f_code.co_filename.startswith(inside):
        first = first.tb_next
    traceback.print_exception(kind, error, first or trace)
    frames = [frame for frame in traceback.extract_tb(trace) if frame.filename.startswith(inside)]
    where = f"{frames[-1].filename.removeprefix(inside)}:{frames[-1].lineno}" if frames else None
    if isinstance(error, SyntaxError) and error.filename and error.filename.startswith(inside):
        where = f"{error.filename.removeprefix(inside)}:{error.lineno}"
    _write_failure(order, kind.__name__, str(error), where, memory=isinstance(error, MemoryError))


def _write_failure(order: Order, kind: str, message: str, where: str | None, *, memory: bool) -> None:
    failure = {"type": kind, "message": message[:2000], "where": where, "memory": memory}
    try:
        files.write(order.path("failure.json"), json.dumps(failure).encode())
    except OSError as error:  # a full disk must not hide the traceback that was just printed
        sys.stderr.write(f"goldfish: failure.json could not be written: {error}\n")
