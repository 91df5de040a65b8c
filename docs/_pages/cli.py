"""cli.md: every command with its arguments and options, as click knows them."""

from __future__ import annotations

import click

from _pages.markdown import anchor, code, document, table
from goldfish.adapters.cli.main import cli
from goldfish.adapters.cli.table import SECTIONS

INTRODUCTION = """
Every command also takes `--json`, and then answers with one JSON document on standard output, also when it fails, and
`--project DIR` before or after its name. `-h` shows the help. [Errors](errors.md) lists the exit codes.

Who did something is part of every event: `GOLDFISH_ACTOR` (`agent:NAME`, `agent:NAME:SESSION` or `human:NAME`), or else
an agent known by its environment, or else the user of the operating system.

| variable | what it does |
|---|---|
| `GOLDFISH_PROJECT` | a directory in the project, as `--project` |
| `GOLDFISH_ACTOR` | who calls |
| `GOLDFISH_DEBUG` | with any value, an error without a name shows its traceback |
| `NO_COLOR` | with any value, no colors |
"""
_COMMON = {"json", "project", "help"}


def page() -> str:
    """The page."""
    parts = []
    for title, entries in SECTIONS.items():
        parts.append(f"## {title}")
        for name, entry in entries.items():
            command = cli.get_command(click.Context(cli), name)
            if command is None:
                raise LookupError(f"the table of commands names {name}, which does not exist")
            parts += _commands(f"goldfish {name}", command, entry.help)
    listed = [f"- [{title}](#{anchor(title)}): " + ", ".join(map(code, entries)) for title, entries in SECTIONS.items()]
    return document("The command line", INTRODUCTION, "\n".join(listed), *parts)


def _commands(path: str, command: click.Command, short: str) -> list[str]:
    if isinstance(command, click.Group):
        return [
            part
            for name, inner in sorted(command.commands.items())
            for part in _commands(f"{path} {name}", inner, inner.get_short_help_str(200))
        ]
    context = click.Context(command, info_name=path)
    usage = " ".join([path, *command.collect_usage_pieces(context)])
    arguments = [p for p in command.params if isinstance(p, click.Argument)]
    options = [p for p in command.params if isinstance(p, click.Option) and not p.hidden and p.name not in _COMMON]
    help_text = "\n\n".join(" ".join(part.split()) for part in (command.help or short).replace("\b", "").split("\n\n"))
    taken = [(code(_metavar(a)), _left_out(a), _kind(a)) for a in arguments]
    given = [(_names(o), _default(o), o.help or "", _kind(o)) for o in options]
    return [
        f"### {path}",
        f"```text\n{usage}\n```",
        help_text,
        table(["argument", "", "values"], taken),
        table(["option", "default", "what it does", "values"], given),
    ]


def _metavar(argument: click.Argument) -> str:
    name = argument.metavar or (argument.name or "").upper()
    return "STAGE …" if name == "[STAGE]..." else name


def _left_out(argument: click.Argument) -> str:
    if argument.required:
        return "required"
    given = argument.default if isinstance(argument.default, str) else None
    return f"when left out: {code(given)}" if given else "may be left out"


def _names(option: click.Option) -> str:
    value = "" if option.is_flag else f" {option.metavar or option.type.name.upper().split(' ')[0]}"
    return ", ".join(code(f"{name}{value}") for name in sorted(option.opts, key=len, reverse=True))


def _default(option: click.Option) -> str:
    if option.required:
        return "required"
    if option.is_flag or option.multiple or not isinstance(option.default, str | int | float):
        return "may be repeated" if option.multiple else ""
    return code(str(option.default))


def _kind(parameter: click.Parameter) -> str:
    match parameter.type:
        case click.Choice():
            return ", ".join(code(str(choice)) for choice in parameter.type.choices)
        case click.IntRange() | click.FloatRange():
            low, high = parameter.type.min, parameter.type.max
            return f"{low} to {high:,}" if high is not None else f"{low} or more"
        case click.Path():
            return "a path"
        case _:
            return {"integer": "a whole number", "float": "a number", "boolean": ""}.get(parameter.type.name, "text")
