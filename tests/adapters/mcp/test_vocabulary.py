"""What is said in the words of the command line reaches agents in the words of their tools, and is true there."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import anyio
import click
import pytest

from goldfish import errors
from goldfish.adapters.cli.main import cli
from goldfish.adapters.mcp.errors import next_step
from goldfish.adapters.mcp.server import build
from goldfish.adapters.mcp.vocabulary import COMMANDS, command_in_tools, in_tools
from goldfish.errors import GoldfishError

REFUSALS = [c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, GoldfishError)]
ELSEWHERE = {"WrongUsage", "Interrupted", "StoppedWaiting"}  # refusals of the command line itself
# commands that agents have no use for, or none yet
FOR_PEOPLE = {"completion", "demo", "export", "rebuild", "serve"}
CALL = re.compile(r"\b([a-z_]+)\(((?:[^()]|\([^()]*\))*)\)")
ARGUMENT = re.compile(r'(\w+)=("[^"]*"|\{[^}]*\}|\[[^\]]*\]|[^,]+)')


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Tool → the schemas of its arguments."""
    tools = anyio.run(build(tmp_path_factory.mktemp("empty")).list_tools)
    return {tool.name: tool.input_schema["properties"] for tool in tools}


def refusal(kind: type[GoldfishError]) -> GoldfishError:
    """A refusal with something for each of its facts."""
    names = {name for _, name, _, _ in Formatter().parse(kind.__doc__ or "") if name}
    facts: dict[str, Any] = dict.fromkeys(names, "x-1")
    return kind(**facts)


def wrong_calls(said: str, inputs: dict[str, dict[str, Any]]) -> Iterator[str]:
    """What a sentence tells an agent to call, but no tool takes."""
    for tool, arguments in CALL.findall(said):
        if tool == "main":  # the function of a stage
            continue
        if tool not in inputs:
            yield f"{tool}()"
            continue
        for name, value in ARGUMENT.findall(arguments):
            schema = inputs[tool].get(name)
            choices = [value.strip('"')] if schema is None else schema.get("enum", [value.strip('"')])
            if schema is None or (value.startswith('"') and value.strip('"') not in choices):
                yield f"{tool}({name}={value})"


@pytest.mark.parametrize("kind", [r for r in REFUSALS if r.__name__ not in ELSEWHERE], ids=lambda kind: kind.__name__)
def test_every_refusal_tells_agents_what_their_tools_can_do(
    kind: type[GoldfishError], inputs: dict[str, dict[str, Any]]
) -> None:
    said = next_step(refusal(kind))
    assert not re.search(r"`goldfish |goldfish (?!\.|--project)[a-z]+ [A-Zx-]", said), said
    assert not re.search(r"(?<!goldfish )(?<!\")--[a-z]", said), said
    assert list(wrong_calls(said, inputs)) == []


def test_a_call_that_no_tool_takes_is_found(inputs: dict[str, dict[str, Any]]) -> None:
    said = 'rollback(), inspect(run=run-1), manage_versions(action="forget"), status(), cancel(run="run-1", reason="…")'
    assert list(wrong_calls(said, inputs)) == ["rollback()", "inspect(run=run-1)", 'manage_versions(action="forget")']


def commands(group: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Every command of the command line by its words."""
    if not isinstance(group, click.Group):
        yield " ".join(path), group
        return
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield from commands(command, (*path, name))


def test_every_command_has_a_tool_or_is_for_people() -> None:
    names = {name for name, _ in commands(cli) if not name.startswith("import ")}  # which read files of elsewhere
    assert names == set(COMMANDS) | FOR_PEOPLE


@pytest.mark.parametrize("name", list(COMMANDS))
def test_a_command_names_arguments_that_its_tool_has(name: str, inputs: dict[str, dict[str, Any]]) -> None:
    tool = COMMANDS[name]
    known = inputs[tool.name]
    assert {word.removeprefix("*") for word in tool.words} <= set(known)
    for argument, value in tool.says.items():
        assert value in known[argument].get("enum", [value])
    options = dict(commands(cli))[name].params
    given = {option.lstrip("-") for each in options for option in each.opts if option.startswith("--")}
    assert set(tool.options) <= given, "an option that the command does not have"
    for renamed in tool.options.values():
        argument, _, value = renamed.partition("=")
        assert not argument or argument in known
        assert value in known[argument].get("enum", [value]) if value else True


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("`goldfish compare run-1 group:a`", 'compare(refs=["run-1", "group:a"])'),
        ("Run `goldfish mount baseline` first.", 'Run mount(workspace="baseline") first.'),
        ("`goldfish show WORKSPACE` lists its versions.", "inspect(ref=WORKSPACE) lists its versions."),
        ("`goldfish show base --pruned` lists them.", 'inspect(ref="base", pruned=true) lists them.'),
        ("Use `goldfish source add digits PATH`.", 'Use add_source(name="digits", path=PATH).'),
        ("`goldfish source restore digits`.", 'manage_sources(action="restore", name="digits").'),
        ("`goldfish undo --list` lists them.", 'manage_versions(action="list_undoable") lists them.'),
        ("`goldfish untag NAME` first.", 'manage_versions(action="untag", tag=NAME) first.'),
        ("`goldfish settings set gate=say`.", 'manage_project(action="configure", settings={"gate": "say"}).'),
        ('`goldfish amend run-3 --reason "a b"`.', 'finalize_run(action="amend", run="run-3", reason="a b").'),
        ("`goldfish finalize run-3 --confirm`.", 'finalize_run(run="run-3", action="confirm").'),
        ("`goldfish unmount a`", 'manage_versions(action="unmount", workspace="a")'),
        ("`goldfish verify`", "log(verify=true)"),
        ("`goldfish groups`", "history(groups=true)"),
        ("`goldfish similar TEXT`", "search(idea=TEXT)"),
        ('`goldfish search "learning rate"`', 'search(text="learning rate")'),
        ('`goldfish sql "SHOW TABLES"`', 'sql(query="SHOW TABLES")'),
        ("`goldfish affected run-3 digits@r1`", 'affected(refs=["run-3", "digits@r1"])'),
        ('`goldfish finding withdraw finding-1 --reason "a b"`', 'affected(withdraw="finding-1", reason="a b")'),
        ("`goldfish lineage run-3 --mermaid`", 'lineage(ref="run-3", form="mermaid")'),
        ("`goldfish hypothesis resolve hypothesis-2 …`", 'update_thought(note="hypothesis-2", action=…)'),
        ('say why: --rerun "REASON".', 'say why: rerun="REASON".'),
        ("move it with --move.", "move it with move=true."),
    ],
)
def test_a_next_step_names_tools(sentence: str, said: str) -> None:
    assert in_tools(sentence) == said


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("3 failures: goldfish history --outcome failed", '3 failures: history(outcome="failed")'),
        ("9 changes: goldfish log --after 12", "9 changes: log(after=12)"),
        ("2 hypotheses: goldfish hypothesis list", '2 hypotheses: search(text="status:open")'),
        ("2 hypotheses: goldfish hypothesis list --all", '2 hypotheses: search(text="kind:hypothesis")'),
        ("3 decisions: goldfish thoughts --kind decision", '3 decisions: search(kind="decision")'),
        ("3 findings: goldfish findings", "3 findings: affected()"),
        ("2 more: goldfish source list --retired", '2 more: manage_sources(action="list", retired=true)'),
        ("4 more: goldfish log --stream workspace:base", '4 more: log(stream="workspace:base")'),
    ],
)
def test_what_was_left_out_is_asked_for_with_tools(sentence: str, said: str) -> None:
    assert command_in_tools(sentence) == said


def test_what_questions_leave_out_is_asked_for_with_tools(inputs: dict[str, dict[str, Any]]) -> None:
    """Every command that a query names in a text of its own, as `left_out` holds them."""
    queries = Path(inspect.getfile(errors)).parents[1] / "queries"
    texts = "\n".join(path.read_text() for path in queries.glob("*.py"))
    named = set(re.findall(r'"(goldfish [a-z]+[^"]*)"', texts))
    assert len(named) > 10
    for sentence in named:
        said = command_in_tools(re.sub(r"\{[^}]*\}", "x-1", sentence))
        assert CALL.search(said), said
        assert list(wrong_calls(said, inputs)) == []
