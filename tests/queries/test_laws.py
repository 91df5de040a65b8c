"""What holds of every answer whatever happened."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goldfish.projections.projector import Projector, View
from goldfish.queries.compare import compare
from goldfish.queries.drawing import to_dot, to_mermaid
from goldfish.queries.history import history
from goldfish.queries.lineage import lineage
from goldfish.queries.show import show
from goldfish.queries.state_document import state_document
from goldfish.queries.status import status
from goldfish.queries.thoughts import thoughts
from tests.histories import History, histories


def answers(view: View) -> list[Any]:
    """The answers to every question that can be asked."""
    rows = view.rows("SELECT run AS ref FROM runs UNION ALL SELECT workspace FROM workspaces ORDER BY ref")
    refs = [row["ref"] for row in rows]
    runs = [ref for ref in refs if ref.startswith("run-")]
    notes = [line.note for line in thoughts(view).notes if line.note]
    graphs = [lineage(view, ref, direction="both") for ref in refs]
    return [
        status(view, since=3),
        history(view),
        state_document(view),
        [thoughts(view, search="a 1"), thoughts(view, about="baseline"), thoughts(view, since=5, limit=2)],
        [show(view, ref) for ref in [*refs, *notes]],
        [compare(view, [runs[0], run], numbers=False) for run in runs if run != runs[0]],
        graphs,
        [to_mermaid(graph) for graph in graphs],
        [to_dot(graph) for graph in graphs],
    ]


@settings(max_examples=max(5, settings().max_examples // 8), deadline=None, suppress_health_check=list(HealthCheck))
@given(histories(), st.data())
def test_every_answer_about_the_past_is_the_answer_of_that_time(history: History, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, history.log.head()))
    assert answers(Projector(history.log).at(position)) == answers(Projector(history.log.until(position)).at())
