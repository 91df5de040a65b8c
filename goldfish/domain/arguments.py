"""What a command line says about the experiment: `--lr 3e-4 --epochs=10 model.depth=3` are settings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pydantic import JsonValue

from goldfish.domain.json_values import json_problem
from goldfish.domain.scalars import core_scalar

_NAME = r"[A-Za-z][A-Za-z0-9_.-]{0,99}"
_FLAG = re.compile(rf"--?({_NAME})(?:=(.*))?", re.DOTALL)
_PAIR = re.compile(rf"\+{{0,2}}({_NAME})=(.*)", re.DOTALL)
_NEGATIVE = re.compile(r"-(\.?[0-9])")


def settings_in(arguments: Sequence[str]) -> dict[str, JsonValue]:
    """The settings that the arguments of a program name, in order. What cannot be told is left out.

    Understood are `--name value`, `--name=value`, `--flag` and `name=value`; an option that is given several times, or
    with several values, holds a list. Dashes in names become underscores, as in argparse.
    """
    found: dict[str, list[JsonValue]] = {}
    for name, value in _pairs(arguments):
        found.setdefault(name.replace("-", "_"), []).append(value)
    settings = {name: values[0] if len(values) == 1 else values for name, values in found.items()}
    return {name: value for name, value in settings.items() if json_problem(value) is None}


def _pairs(arguments: Sequence[str]) -> Iterator[tuple[str, JsonValue]]:
    option: str | None = None  # the option whose values may follow
    waiting = False  # … and none has
    for argument in arguments:
        flag = None if _NEGATIVE.match(argument) else _FLAG.fullmatch(argument)
        pair = _PAIR.fullmatch(argument)
        if flag is None and pair is None and option is not None and not argument.startswith("--"):
            yield option, _value(argument)
            waiting = False
            continue
        if option is not None and waiting:
            yield option, True
        option, waiting = None, False
        if flag is not None and flag[2] is None:
            option, waiting = flag[1], True
        elif flag is not None or pair is not None:
            name, value = flag.groups() if flag is not None else pair.groups()  # type: ignore[union-attr]
            yield name, _value(value)
    if option is not None and waiting:
        yield option, True


def _value(text: str) -> JsonValue:
    try:
        return core_scalar(text) if text else ""
    except ValueError:
        return text
