"""The page for users of goldfish-ml names only commands and pages that exist."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from goldfish.adapters.cli.main import cli

PAGE = Path("docs/parity.md").read_text()
NAMED = sorted(set(re.findall(r"`goldfish ([a-z]+)(?: ([a-z]+))?([^`]*)`", PAGE)))


@pytest.mark.parametrize(("name", "below", "rest"), NAMED)
def test_a_named_command_exists_with_the_options_that_are_named(name: str, below: str, rest: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None, name
    if isinstance(command, click.Group) and below:
        command = command.get_command(click.Context(command), below)
        assert command is not None, f"{name} {below}"
    known = {option for parameter in command.params for option in parameter.opts}
    assert set(re.findall(r"(?<!\w)--?[a-z][a-z-]*", rest)) <= known


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#]+)\)", PAGE))))
def test_a_named_page_exists(link: str) -> None:
    assert (Path("docs") / link).exists()
