"""All use cases in one class."""

from __future__ import annotations

from pathlib import Path

from goldfish.api.aims import AimCommands
from goldfish.api.analysis import Analysis
from goldfish.api.claims import ClaimCommands
from goldfish.api.comparing import Comparing
from goldfish.api.core import Core
from goldfish.api.findings import FindingCommands
from goldfish.api.importing import ImportCommands
from goldfish.api.ledger import LedgerQuestions
from goldfish.api.notes import NoteCommands
from goldfish.api.pipelines import PipelineQuestions
from goldfish.api.questions import Questions
from goldfish.api.results import ResultCommands
from goldfish.api.scripts import ScriptCommands
from goldfish.api.searching import SearchQuestions
from goldfish.api.settings import SettingCommands
from goldfish.api.similarity import SimilarityQuestions
from goldfish.api.sources import SourceCommands
from goldfish.api.tags import TagCommands
from goldfish.api.taking_out import TakingOut
from goldfish.api.undoing import UndoCommands
from goldfish.api.versions import VersionCommands
from goldfish.api.workspaces import WorkspaceCommands
from goldfish.bootstrap import Services, lay_out_project
from goldfish.domain.names import plain_text
from goldfish.ledger.envelope import Actor


class Goldfish(
    WorkspaceCommands,
    VersionCommands,
    TagCommands,
    UndoCommands,
    AimCommands,
    ClaimCommands,
    NoteCommands,
    FindingCommands,
    ScriptCommands,
    ResultCommands,
    SettingCommands,
    SourceCommands,
    TakingOut,
    ImportCommands,
    PipelineQuestions,
    Questions,
    Comparing,
    SearchQuestions,
    SimilarityQuestions,
    Analysis,
    LedgerQuestions,
):
    """One project, opened by one actor."""

    @classmethod
    def found(cls, root: Path, actor: Actor, *, name: str | None = None, goal: str | None = None) -> Goldfish:
        """Found a project in `root`. Raises `ProjectExists`, `ProjectUnwritable`."""
        if goal is not None:
            goal = plain_text(goal, "goal", 2000)
        called = plain_text(name or root.absolute().name, "project name", 200)
        goldfish = cls(Services(lay_out_project(root), actor))
        goldfish.application.execute(
            lambda s: Core.put(s, s.project(), lambda p: p.found(called, goal, str(root))),
            request={"found": called, "goal": goal},
        )
        goldfish.write_state()
        return goldfish
