"""The words of the command line in the words of the tools: `goldfish show run-3` is inspect(ref="run-3")."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Tool:
    """What a command is for agents: a tool, what its arguments are called, and what the command says by its name.

    Options keep their names where `options` has no other; one that is "" there is left out, one with "=" is a value.
    A word with a star takes all that there are.
    """

    name: str
    words: tuple[str, ...] = ()
    says: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)


def _versions(action: str, *words: str, **options: str) -> Tool:
    return Tool("manage_versions", words, {"action": action}, options)


def _sources(action: str, *words: str, **options: str) -> Tool:
    return Tool("manage_sources", words, {"action": action}, options)


def _project(action: str, *words: str, **options: str) -> Tool:
    return Tool("manage_project", words, {"action": action}, options)


def _pipeline(action: str, *words: str, **options: str) -> Tool:
    return Tool("pipeline", words, {"action": action}, {"pipeline": "file", **options})


_CLAIMED: Final = {
    "runs": "because",
    "against": "instead_of",
    **dict.fromkeys(("metric", "value", "deviation", "among"), ""),
}
_JUDGING: Final = {"value": "values", "next": "next_steps"}
COMMANDS: Final[dict[str, Tool]] = {
    "affected": Tool("affected", ("*refs",), options={"dry-run": ""}),
    "amend": Tool("finalize_run", ("run",), {"action": "amend"}, _JUDGING),
    "cancel": Tool("cancel", ("run",)),
    "compare": Tool("compare", ("*refs",), options={"no-metrics": "numbers=false", "plot": "", "metric": ""}),
    "claim": Tool("log_thought", ("text",), {"kind": "claim"}, _CLAIMED),
    "contract adopt": _pipeline("adopt_contracts", "workspace", **{"from": "run", "stage": "stages"}),
    "contract infer": Tool("pipeline", ("run",), {"action": "contracts"}),
    "contract show": _pipeline("contracts", "workspace"),
    "create": Tool("create_workspace", ("name",), options={"from": "base"}),
    "decide": Tool("log_thought", ("text",), {"kind": "decision"}, {"instead-of": "instead_of"}),
    "delete": _versions("delete_workspace", "workspace", expected="expected_version"),
    "diff": Tool("diff", ("left", "right"), options={"stat": ""}),
    "exec": Tool("run", ("command",)),
    "finding show": Tool("inspect", ("ref",)),
    "finding withdraw": Tool("affected", ("withdraw",)),
    "findings": Tool("affected", options={"all": "", "limit": "", "before": "after"}),
    "finalize": Tool("finalize_run", ("run",), options={**_JUDGING, "confirm": "action=confirm"}),
    "get": _sources("take_out", "ref", "path"),
    "goal": _project("set_goal", "goal"),
    "groups": Tool("history", says={"groups": "true"}),
    "history": Tool("history"),
    "hypothesis add": Tool("log_thought", ("text",), {"kind": "hypothesis"}),
    "hypothesis list": Tool("search", says={"text": "status:open"}, options={"all": "text=kind:hypothesis"}),
    "hypothesis resolve": Tool("update_thought", ("note", "action")),
    "init": _project("create"),
    "invariant add": _project("add_invariant", "text"),
    "invariant list": _project("show", all=""),
    "invariant retire": _project("retire_invariant", "number"),
    "lineage": Tool("lineage", ("ref",), options={"mermaid": "form=mermaid", "dot": "form=dot"}),
    "log": Tool("log"),
    "logs": Tool("logs", ("ref",), options={"follow": "since=0"}),
    "mount": Tool("mount", ("workspace",)),
    "note amend": Tool("update_thought", ("note", "text"), {"action": "amend"}),
    "note withdraw": Tool("update_thought", ("note",), {"action": "withdraw"}, {"reason": "text"}),
    "pipeline check": _pipeline("check", "workspace"),
    "pipeline show": _pipeline("show", "workspace", mermaid=""),
    "progress": Tool("wait", ("run",)),
    "promote": Tool("add_source", ("path",), options={"as": "name"}),
    "prune": _versions("prune", "workspace", "version", expected="expected_version"),
    "restore": _versions("restore", "workspace", "version"),
    "results": Tool("results", ("workspace",)),
    "retry": Tool("run", ("retry",)),
    "rollback": _versions("rollback", "workspace", "version", expected="expected_version"),
    "run": Tool("run", ("workspace",), options={"dry-run": "dry_run", "input": "inputs", "set": "settings"}),
    "search": Tool("search", ("text",)),
    "save": Tool("save_version", ("workspace",), options={"expected": "expected_version"}),
    "settings set": _project("configure", "settings"),
    "settings show": _project("show"),
    "show": Tool("inspect", ("ref",)),
    "similar": Tool("search", ("idea",), options={"exclude": ""}),
    "source add": Tool("add_source", ("name", "path"), options={"type": "kind", "in-place": "in_place"}),
    "source check": _sources("check", "name"),
    "source describe": _sources("describe", "name", column="columns"),
    "source list": _sources("list"),
    "source probe": _sources("probe", "path", type="kind"),
    "source restore": _sources("restore", "name"),
    "source retire": _sources("retire", "name", reason="text"),
    "source show": Tool("inspect", ("ref",)),
    "sql": Tool("sql", ("query",), options=dict.fromkeys(("csv", "file", "force", "parquet", "seconds"), "")),
    "status": Tool("status"),
    "sync": Tool("diff", ("left",)),
    "tag": _versions("tag", "tag", "ref"),
    "tags": _versions("list_tags"),
    "think": Tool("log_thought", ("text",)),
    "thoughts": Tool("search", says={"kind": "thought"}, options={"search": "text", "state": "", "about": ""}),
    "undo": _versions("undo", "position", list="action=list_undoable"),
    "unmount": _versions("unmount", "workspace", expected="expected_version"),
    "untag": _versions("untag", "tag"),
    "verify": Tool("log", says={"verify": "true"}),
    "wait": Tool("wait", ("run",)),
}

_COMMAND = re.compile(r'goldfish ([a-z]+)((?: (?!\()(?:"[^"]*"|[^\s`,;])+)*)')
_QUOTED = re.compile(rf"`{_COMMAND.pattern}`")
_WORD = re.compile(r'"[^"]*"|\S+')
_OPTION = re.compile(r'--([a-z][a-z-]*)(?: ("[^"]*"|[A-Z]+(?:=[A-Z]+)?))?')
_GIVEN = re.compile(r"[A-Z][A-Z_]*|…|\d+")  # what a reader has to fill in, and numbers: no quotes around them
_FLAGS: Final = ("move", "pruned", "retired", "trend", "fresh", "dry_run", "in_place")  # options without a value
_ARGUMENTS: Final = {"value": "values", "next": "next_steps", "column": "columns"}


def in_tools(sentence: str) -> str:
    """What to do next, said to somebody who has tools and no shell. Commands stand in backquotes."""
    said = _QUOTED.sub(_call, sentence.replace(", or pass --project", ""))
    return _OPTION.sub(_argument, said)


def command_in_tools(sentence: str) -> str:
    """The same where a command ends the sentence without quotes: `5 results: goldfish history`."""
    return _COMMAND.sub(_call, sentence)


def quoted_in_tools(sentence: str) -> str:
    """The same where only commands in backquotes are ours, and all else are the words of others."""
    return _QUOTED.sub(_call, sentence)


def _call(found: re.Match[str]) -> str:
    words = _WORD.findall(found[2])
    command = f"{found[1]} {words[0]}" if words else ""
    if command in COMMANDS:
        words = words[1:]
    tool = COMMANDS.get(command) or COMMANDS.get(found[1])
    if tool is None:
        return f"{found[1]}()"
    arguments = {**tool.says, **dict(_arguments(tool, words))}
    return f"{tool.name}({', '.join(f'{name}={_value(name, value)}' for name, value in arguments.items())})"


def _arguments(tool: Tool, words: list[str]) -> Iterator[tuple[str, str]]:
    names, rest = iter(tool.words), iter(words)
    for word in rest:
        if not word.startswith("--"):
            name = next(names, "")
            if name.startswith("*"):
                said = [word, *(other for other in rest if not other.startswith("--"))]
                yield name[1:], f"[{', '.join(_value('', one) for one in said)}]"
            elif name:
                yield name, word
            continue
        option = word.removeprefix("--")
        name, sign, value = tool.options.get(option, option.replace("-", "_")).partition("=")
        if sign:
            yield name, value
        elif name in _FLAGS:
            yield name, "true"
        elif name:
            yield name, next(rest, "…")


def _argument(found: re.Match[str]) -> str:
    """An option that stands in a sentence by itself."""
    name = _ARGUMENTS.get(found[1], found[1].replace("-", "_"))
    if name in _FLAGS:
        return f"{name}=true"
    return f"{name}={_value(name, found[2])}" if found[2] else name


def _value(name: str, word: str) -> str:
    key, sign, value = word.partition("=")
    if sign and name in ("settings", "values", "columns", "inputs"):
        return f"{{{_value('', key)}: {_value('', value)}}}"
    if _GIVEN.fullmatch(word) or word == "true" or word.startswith(('"', "[")):
        return word
    return json.dumps(word, ensure_ascii=False)
