"""Where something came from, and what became of it."""

from __future__ import annotations

import pytest

from goldfish.domain.executions import Execution
from goldfish.domain.workspaces import Workspace
from goldfish.projections.projector import View
from goldfish.queries.drawing import to_mermaid
from goldfish.queries.lineage import MOST, Lineage, lineage
from tests.fakes.event_log import InMemoryEventLog
from tests.queries.stories import created, digits, now, source, tree


@pytest.fixture(scope="module")
def view() -> View:
    """The small project."""
    return now(digits())


def ids(answer: Lineage) -> set[str]:
    """The nodes of an answer."""
    return {node.id for node in answer.nodes}


def test_a_model_leads_back_to_the_raw_data_and_the_code(view: View) -> None:
    assert ids(lineage(view, "run-2/train.model")) == {
        "run-2/train.model",
        "run-2/train",
        "run-2/prepare.features",
        "run-2/prepare",
        "digits@r1",
        "run-2",
        "baseline@v2",
        "baseline@v1",
    }


def test_a_source_leads_on_to_everything_that_was_made_of_it(view: View) -> None:
    assert {"run-1/train.model", "run-3/train.model", "run-4/prepare"} < ids(lineage(view, "digits", direction="down"))


def test_both_directions_meet_in_the_node(view: View) -> None:
    answer = lineage(view, "run-2/prepare.features", direction="both")
    assert {"digits@r1", "run-2/train.model"} < ids(answer)


def test_depth_bounds_the_steps(view: View) -> None:
    answer = lineage(view, "run-2/train.model", depth=1)
    assert ids(answer) == {"run-2/train.model", "run-2/train"}
    assert answer.cut


def test_a_run_stands_for_its_stages(view: View) -> None:
    assert {"digits@r1", "run-2/train", "baseline@v2"} < ids(lineage(view, "run-2"))


def test_a_branch_leads_back_to_the_workspace_it_came_from() -> None:
    log = digits()
    log.append("workspace:wide", *created("wide", base="baseline@v2"))
    assert {"baseline@v2", "baseline@v1"} < ids(lineage(now(log), "wide"))


def test_nodes_say_what_came_of_them(view: View) -> None:
    details = {node.id: node.detail for node in lineage(view, "run-2").nodes}
    assert details["run-2/train"] == "succeeded: accuracy 0.97, loss 0.03"
    assert details["run-2"] == "succeeded: try a learning rate of 0.3"


def test_the_tree_shows_each_branch_once(view: View) -> None:
    lines = [(line.depth, line.id, line.repeated) for line in lineage(view, "run-2/train").tree]
    assert lines == [
        (0, "run-2/train", False),
        (1, "run-2", False),
        (2, "baseline@v2", False),
        (3, "baseline@v1", False),
        (1, "run-2/prepare.features", False),
        (2, "run-2/prepare", False),
        (3, "digits@r1", False),
        (3, "run-2", True),
    ]


def test_a_long_line_of_versions_is_cut_and_says_so() -> None:
    log = InMemoryEventLog()
    log.append("workspace:baseline", *created("baseline"))
    saved = [Workspace.VersionSaved(number=n, tree=tree(n), message="m", by="save") for n in range(2, MOST + 50)]
    log.append("workspace:baseline", *saved)
    answer = lineage(now(log), "baseline")
    assert answer.cut
    assert len(answer.nodes) <= MOST + 1
    assert answer.model_validate_json(answer.model_dump_json()) == answer


def test_the_graph_is_written_for_mermaid(view: View) -> None:
    text = to_mermaid(lineage(view, "run-2/prepare.features"))
    assert text.startswith("flowchart LR\n")
    assert '["run-2/prepare.features"]' in text
    assert "-->|input|" in text


def test_what_was_made_of_an_output_goes_on_where_it_was_taken_over() -> None:
    log = digits()
    log.append(
        "run-4/train",
        Execution.Reused(execution="run-2/train", fingerprint="sha256:" + "5" * 64, inputs=[]),
        Execution.OutputCaptured(name="model", type="file", digest="sha256:" + "2" * 64, size=9, described={}),
    )
    log.append("source:model", source("model", 1).model_copy(update={"origin": "run-4/train.model"}))
    down = lineage(now(log), "run-2/train.model", direction="down")
    assert [(line.via, line.id) for line in down.tree] == [
        (None, "run-2/train.model"),
        ("reused", "run-4/train.model"),
        ("promoted", "model@r1"),
    ]
    up = lineage(now(log), "model@r1").edges
    assert ("run-2/train", "run-4/train", "reused") in {(edge.source, edge.target, edge.kind) for edge in up}
