"""Loaders: functions of the workspace that turn the path of an input into the object that the stage gets."""

from __future__ import annotations

import copy
import importlib.util
import inspect
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType

    from goldfish.stage.order import Order


def load(order: Order, name: str, path: Path) -> Any:
    """What the loader of an input returns for its path, and for the configuration if it takes a second argument.

    Raises `ValueError` or `TypeError` for a loader that is not there or takes something else; what the loader itself
    raises goes through.
    """
    script, function = order.loaders[name]
    loader = getattr(_module(order, name, script), function, None)
    if loader is None:
        raise ValueError(f"the input {name!r} is loaded by {function!r} of {script}, which has no such function.")
    if not callable(loader):
        raise TypeError(f"the input {name!r} is loaded by {function!r} of {script}, which is no function.")
    if _takes_config(name, script, function, loader):
        return loader(path, copy.deepcopy(order.config))
    return loader(path)


def _module(order: Order, name: str, script: str) -> ModuleType:
    """The loader's file, imported once; the stage's own module, if that is where the function is."""
    path = os.path.join(order.code, script)
    for module in list(sys.modules.values()):
        if getattr(module, "__file__", None) == path:
            return module
    dotted = script.removesuffix(".py").replace("/", ".")
    dotted = dotted if dotted not in sys.modules else f"goldfish loader {dotted}"  # a loader in json.py hides nobody
    spec = importlib.util.spec_from_file_location(dotted, path)
    if spec is None or spec.loader is None or not os.path.isfile(path):
        raise ValueError(f"the input {name!r} is loaded by {script}, which is no Python file of the version.")
    sys.path += [place for place in (order.code, os.path.dirname(path)) if place not in sys.path]
    made = sys.modules[dotted] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(made)
    except BaseException:
        del sys.modules[dotted]  # as Python's own import does: the next attempt meets the same error
        raise
    return made


def _takes_config(name: str, script: str, function: str, loader: Callable[..., Any]) -> bool:
    """Whether a loader has room for the configuration beside the path."""
    try:
        signature = inspect.signature(loader)
    except ValueError:  # a builtin that does not tell
        return False
    for arguments in (2, 1):
        try:
            signature.bind(*range(arguments))
        except TypeError:
            continue
        return arguments == 2
    raise TypeError(
        f"the input {name!r} is loaded by {function}{signature} of {script}. "
        "A loader takes the path, and the configuration if it wants it."
    )
