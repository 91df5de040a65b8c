from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest

from goldfish.adapters.cli.lazy import LazyGroup
from goldfish.adapters.cli.main import cli
from goldfish.adapters.cli.table import COMMANDS, HIDDEN, Entry
from tests.adapters.cli.conftest import Call

HEAVY = {"pydantic", "eventsourcing", "duckdb", "rich", "pyarrow", "numpy", "pygit2", "mcp", "yaml", "sklearn"}


@pytest.mark.parametrize(("name", "entry"), {**COMMANDS, **HIDDEN}.items())
def test_the_table_says_what_the_command_says(name: str, entry: Entry) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert command.name == name
    assert (command.help or "").split("\n", 1)[0] == entry.help
    assert command.hidden == (name in HIDDEN)


def leaves(group: click.Group) -> list[tuple[str, click.Command]]:
    found: list[tuple[str, click.Command]] = []
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        assert command is not None
        found += leaves(command) if isinstance(command, click.Group) else [(name, command)]
    return found


@pytest.mark.parametrize(("name", "command"), leaves(cli))
def test_every_command_answers_in_json_but_the_one_that_speaks_mcp(name: str, command: click.Command) -> None:
    options = {option for parameter in command.params for option in parameter.opts}
    assert ("--json" in options) == (name != "serve")


@pytest.mark.parametrize(("name", "command"), leaves(cli))
def test_every_option_says_what_it_does(name: str, command: click.Command) -> None:
    for parameter in command.params:
        if isinstance(parameter, click.Option) and not parameter.hidden:
            assert parameter.help, (name, parameter.name)


def modules_after(*arguments: str, cwd: Path) -> set[str]:
    code = (
        "import sys; from goldfish.programs import main; sys.argv[1:] = sys.argv[2:]; code = main();"
        "print(' '.join(sorted({m.partition('.')[0] for m in sys.modules})), file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "--", *arguments], cwd=cwd, capture_output=True, text=True, check=True
    )
    return set(done.stderr.split())


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], []])
def test_help_and_version_load_nothing_heavy(arguments: list[str], tmp_path: Path) -> None:
    assert not modules_after(*arguments, cwd=tmp_path) & HEAVY


def test_status_loads_only_what_answers_it(project: Path) -> None:
    assert modules_after("status", "--since", "1", cwd=project) & HEAVY == {"pydantic", "eventsourcing", "duckdb"}
    assert modules_after("status", cwd=project) & HEAVY == {"pydantic", "eventsourcing"}  # its answer was kept


def test_help_shows_every_command_but_the_hidden_one(call: Call) -> None:
    shown = call("--help").out
    assert all(f"\n  {name} " in shown for name in COMMANDS)
    assert "conduct" not in shown
    assert call().out == shown


def test_completing_a_command_imports_none(call: Call) -> None:
    group = cli
    assert isinstance(group, LazyGroup)
    found = [item.value for item in group.shell_complete(click.Context(group), "comp")]
    assert found == ["compare", "completion"]
