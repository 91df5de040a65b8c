"""The pages name only commands and options that exist."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from goldfish.adapters.cli.main import cli
from tests.docs.test_pages import PAGES, ROOT, name

_BLOCK = re.compile(r"^```(?:console|sh)[^\n]*\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
_NAMED = re.compile(r"`((?:[A-Z_]+=\S+ )?goldfish [^`\n]*(?:\n[^`\n]+)?)`")
_TYPED = re.compile(r"^(?:\$ )?(?:\w+=\S+ |.*? && )?(goldfish .*)$", re.MULTILINE)
_NO_COMMAND = re.compile(r"goldfish (?:ledger|pointer) \d")  # first words of formats
_OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")


def named(page: Path) -> list[str]:
    """Every goldfish command line on a page: in the text, and typed in its blocks."""
    text = page.read_text(encoding="utf-8")
    blocks = "\n".join(match[1] for match in _BLOCK.finditer(text))
    found = [*_NAMED.findall(_FENCE.sub("", text)), *_TYPED.findall(blocks)]
    return [line for line in found if not _NO_COMMAND.match(line)]


def unknown(line: str) -> str | None:
    """What of a command line does not exist."""
    words = re.split(r" -- | # | [|>&]|\"[^\"]*\"", line)[0].split()[1:]
    command: click.Command = cli
    known = {option for parameter in cli.params for option in parameter.opts} | {"-h", "--help"}
    for word in words:
        if not re.fullmatch(r"[a-z]+(?:-[a-z]+)*", word) or not isinstance(command, click.Group):
            continue
        found = command.get_command(click.Context(command), word)
        if found is None:
            return word
        command = found
        known |= {option for parameter in command.params for option in parameter.opts}
    return next((option for option in _OPTION.findall(" ".join(words)) if option not in known), None)


@pytest.mark.parametrize("page", [page for page in PAGES if named(page)], ids=name)
def test_a_page_names_only_commands_and_options_that_exist(page: Path) -> None:
    wrong = {line: what for line in named(page) if (what := unknown(line)) is not None}
    assert not wrong, f"{name(page)} names what does not exist: {wrong}"


def test_what_does_not_exist_is_found() -> None:
    assert unknown("goldfish run baseline --set lr=1 --wait") is None
    assert unknown("goldfish --project ../restored verify") is None
    assert unknown("goldfish run baseline --sett lr=1") == "--sett"
    assert unknown("goldfish rnu baseline") == "rnu"
    assert unknown("goldfish source ad digits") == "ad"
    assert len(named(ROOT / "docs" / "parity.md")) > 50
