"""A project with something of everything, in which every use case can be called."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from goldfish import durable
from goldfish.api import Goldfish
from goldfish.bootstrap import Services
from tests.faults.use_cases import ME, Recipe, bound, build, recipes
from tests.scenarios.conftest import lab

__all__ = ["lab"]


@dataclass
class Everything:
    """A copy of the project. Nobody carries out its runs."""

    root: Path
    goldfish: Goldfish
    write_state: Callable[[], None]

    def recipe(self, name: str) -> Recipe:
        """Arguments that a use case accepts here."""
        return recipes(self.root)[name]

    def call(self, use_case: str, /, **instead: Any) -> Any:
        """Call a use case with the arguments of its recipe, but for some."""
        return bound(self.goldfish, use_case)(**{**self.recipe(use_case).given, **instead})

    def head(self) -> int:
        """The position of the newest event."""
        return self.goldfish.application.journal.head()


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project, built once for all processes that run tests."""
    base = tmp_path_factory.getbasetemp()
    home = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    root = home / "everything"
    with durable.exclusive(home / "everything.lock"):
        if not root.exists():
            making = home / "making"
            build(making / "project")
            (making / "project").rename(root)
    return root


@pytest.fixture
def everything(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Everything]:
    root = tmp_path / "outside" / "project"
    shutil.copytree(model, root, symlinks=True)
    here = root / "programs"
    monkeypatch.chdir(here)
    monkeypatch.setenv("HOME", str(here))
    monkeypatch.setattr(Services, "ensure_conductor", lambda self: None)
    goldfish = Goldfish.open(root, ME)
    write_state = goldfish.services.write_state
    monkeypatch.setattr(Services, "write_state", lambda self: None)  # which takes long
    yield Everything(root, goldfish, write_state)
    goldfish.services.journal.close()
