"""Every tool, grouped by what it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldfish.adapters.mcp.tools.analysis import AnalysisTools
from goldfish.adapters.mcp.tools.findings import FindingTools
from goldfish.adapters.mcp.tools.ledger import LedgerTools
from goldfish.adapters.mcp.tools.orientation import OrientationTools
from goldfish.adapters.mcp.tools.pipelines import PipelineTools
from goldfish.adapters.mcp.tools.questions import QuestionTools
from goldfish.adapters.mcp.tools.results import ResultTools
from goldfish.adapters.mcp.tools.runs import RunTools
from goldfish.adapters.mcp.tools.searching import SearchTools
from goldfish.adapters.mcp.tools.sources import SourceTools
from goldfish.adapters.mcp.tools.thoughts import ThoughtTools
from goldfish.adapters.mcp.tools.versions import VersionTools
from goldfish.adapters.mcp.tools.waiting import WaitingTools
from goldfish.adapters.mcp.tools.workspaces import WorkspaceTools

if TYPE_CHECKING:
    from mcp.server.mcpserver.tools import Tool

    from goldfish.adapters.mcp.desk import Desk

_GROUPS = (
    OrientationTools,
    WorkspaceTools,
    VersionTools,
    SourceTools,
    PipelineTools,
    RunTools,
    WaitingTools,
    ResultTools,
    SearchTools,
    QuestionTools,
    FindingTools,
    ThoughtTools,
    AnalysisTools,
    LedgerTools,
)


def all_tools(desk: Desk) -> list[Tool]:
    """The tools in the order in which clients list them."""
    return [tool for group in _GROUPS for tool in group(desk).tools()]
