"""Real projects in temporary directories, with real processes."""

from __future__ import annotations

import os
import signal
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from goldfish.api import Actor, Goldfish
from goldfish.api.answers import RunAnswer, RunProgress
from goldfish.conductor.election import Election

PATIENCE = 60.0


class Lab:
    """A project with one mounted workspace `w`, and short ways to fill and run it."""

    def __init__(self, root: Path) -> None:
        self.goldfish = Goldfish.found(root, Actor(kind="human", name="tester"), name="lab")
        self.root = root
        self.goldfish.create_workspace("w")
        self.place = Path(self.goldfish.mount("w").path or "")

    def write(self, **files: str) -> None:
        """Write files of the workspace: `pipeline` is pipeline.yaml, any other name a stage's module."""
        for name, text in files.items():
            path = self.place / ("pipeline.yaml" if name == "pipeline" else f"modules/{name}.py")
            path.parent.mkdir(exist_ok=True)
            path.write_text(textwrap.dedent(text))

    def one_stage(self, code: str, *, outputs: str = "{}", limits: str = "{}") -> None:
        """A pipeline of the single stage `train`."""
        self.write(pipeline=f"stages:\n  - {{name: train, outputs: {outputs}, limits: {limits}}}\n", train=code)

    def config(self, stage: str, text: str) -> None:
        """Write configs/<stage>.yaml."""
        path = self.place / "configs" / f"{stage}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)

    def start(self, *stages: str, reason: str = "to see what goldfish makes of it", **more: object) -> RunAnswer:
        """Ask for a run."""
        return self.goldfish.run("w", stages, reason=reason, **more)  # type: ignore[arg-type]  # passed on as they are

    def run(self, *stages: str, **more: object) -> RunProgress:
        """Ask for a run and wait for its end."""
        return self.goldfish.wait(self.start(*stages, **more).run, seconds=PATIENCE)

    def kill_conductor(self) -> bool:
        """kill -9, if there is one."""
        holder = Election(self.goldfish.layout).holder()
        if not holder:
            return False
        os.kill(holder, signal.SIGKILL)
        return True

    def names(self, stream: str) -> list[str]:
        """The names of a stream's events."""
        return [event.name for event in self.goldfish.log(limit=10_000, stream=stream)]


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    lab = Lab(tmp_path / "lab")
    yield lab
    verified = lab.goldfish.verify()
    lab.kill_conductor()
    assert verified.damages == []
