"""One call of the command line: where it looks, who calls, and in which form it answers."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

import click

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import BaseModel, JsonValue

    from goldfish.adapters.cli.views.story import SilentStage, TerminalStage
    from goldfish.api import Goldfish
    from goldfish.api.analysis import Analysis
    from goldfish.api.comparing import Comparing
    from goldfish.api.core import Core
    from goldfish.api.questions import Questions

    Answer = BaseModel | Sequence[BaseModel] | Mapping[str, JsonValue]

A = TypeVar("A", bound="Answer")
C = TypeVar("C", bound="Core")


class Programs(Protocol):
    """What the command line can start but may not import."""

    def serve(self, project: Path | None) -> None:
        """Serve MCP on standard input and output until the client leaves."""

    def demo(self, directory: Path, stage: TerminalStage | SilentStage) -> None:
        """Tell the story in a directory."""


class Invocation:
    """What the options before and after the command's name say."""

    def __init__(self, programs: Programs | None) -> None:
        self.programs = programs
        self.project: str | None = None
        self.json = False

    @property
    def start(self) -> Path:
        """The directory from which the project is searched upwards."""
        from pathlib import Path

        return Path(self.project) if self.project is not None else Path.cwd()

    def goldfish(self, *, reviving: bool = True) -> Goldfish:
        """The project, opened by whoever calls. Raises `NoProject`.

        `reviving` brings a conductor when runs are open and nobody carries them out.
        """
        from goldfish.api import Goldfish

        return self._opened(Goldfish, reviving=reviving)

    def questions(self) -> Questions:
        """The project for whoever only asks: opened in a third of the time. Raises `NoProject`."""
        from goldfish.api.questions import Questions

        return self._opened(Questions, reviving=True)

    def comparing(self) -> Comparing:
        """The project for whoever compares. Raises `NoProject`."""
        from goldfish.api.comparing import Comparing

        return self._opened(Comparing, reviving=True)

    def analysis(self) -> Analysis:
        """The project for analysts. Raises `NoProject`."""
        from goldfish.api.analysis import Analysis

        return self._opened(Analysis, reviving=False)

    def _opened(self, kind: type[C], *, reviving: bool) -> C:
        from goldfish.adapters.cli.actor import who_calls

        found = kind.open(self.start, who_calls(os.environ))
        if reviving:
            with contextlib.suppress(OSError):  # a project that cannot be written to can still be asked
                found.recover()
        return found

    def answer(self, answer: A, view: Callable[[A], None]) -> None:
        """Print an answer: as one JSON document, or in the form for people."""
        if self.json:
            write_json(answer)
        else:
            view(answer)

    def __repr__(self) -> str:
        return f"Invocation(project={self.project!r}, json={self.json})"


pass_invocation = click.make_pass_decorator(Invocation)


def write_json(answer: Answer) -> None:
    """Print one JSON document in UTF-8, whatever the terminal's encoding is."""
    from goldfish.adapters.cli.inert import inert_json

    click.echo(inert_json(_json(answer)).encode())


def _json(answer: Answer) -> str:
    if isinstance(answer, Mapping):
        import json

        return json.dumps(dict(answer), ensure_ascii=False, allow_nan=False)
    if isinstance(answer, Sequence):
        return "[" + ",".join(item.model_dump_json() for item in answer) + "]"
    return answer.model_dump_json()
