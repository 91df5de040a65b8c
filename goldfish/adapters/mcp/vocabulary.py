"""The words of the command line in the words of the tools: `goldfish show run-3` is inspect(ref="run-3")."""

from __future__ import annotations

import json
import re
from typing import Final

# Command → the tool that does the same, and the tool's parameters for the command's arguments.
TOOLS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "cancel": ("cancel", ("run",)),
    "create": ("create_workspace", ("name",)),
    "history": ("history", ()),
    "init": ("create_project", ()),
    "log": ("log", ()),
    "mount": ("mount", ("workspace",)),
    "show": ("inspect", ("ref",)),
    "source": ("add_source", ("name", "path")),
    "status": ("status", ()),
    "verify": ("verify", ()),
    "wait": ("wait", ("run",)),
}

_COMMAND = re.compile(r"goldfish ([a-z]+)((?: (?!\()[^\s`,;]+)*)")
_QUOTED = re.compile(rf"`{_COMMAND.pattern}`")
_OPTION = re.compile(r'--([a-z]+) ("[^"]*")')


def in_tools(sentence: str) -> str:
    """What to do next, said to somebody who has tools and no shell. Commands stand in backquotes."""
    return _OPTION.sub(r"\1=\2", _QUOTED.sub(_call, sentence)).replace(", or pass --project", "")


def command_in_tools(sentence: str) -> str:
    """The same where a command ends the sentence without quotes: `5 results: goldfish history`."""
    return _COMMAND.sub(_call, sentence)


def _call(found: re.Match[str]) -> str:
    command, words = found[1], found[2].split()
    tool, parameters = TOOLS.get(command, (command, ()))
    if command == "source":
        words = words[1:]  # "add"
    arguments: dict[str, str] = {}
    names = iter(parameters)
    rest = iter(words)
    for word in rest:
        name = word.removeprefix("--") if word.startswith("--") else next(names, "")
        arguments[name] = next(rest, "") if word.startswith("--") else word
    return f"{tool}({', '.join(f'{name}={_value(value)}' for name, value in arguments.items() if name)})"


def _value(word: str) -> str:
    return word if word.isdigit() or word.isupper() else json.dumps(word, ensure_ascii=False)
