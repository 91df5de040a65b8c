"""What every policy works with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from goldfish.application import Application, Receipt, Session
from goldfish.domain.names import OWN_COMMANDS, CommandId
from goldfish.layout import Layout
from goldfish.ledger.envelope import Actor
from goldfish.policies.reusing import Work
from goldfish.ports import Artifacts, Capture, InPlace, MetricStore, Runner, Snapshots

CONDUCTOR = Actor(kind="policy", name="conductor")


@dataclass(frozen=True, slots=True)
class Tools:
    """The application and the ports."""

    application: Application
    layout: Layout
    snapshots: Snapshots
    artifacts: Artifacts
    in_place: InPlace
    metrics: MetricStore
    capture: Capture
    runners: Mapping[str, Runner]
    work: Work

    def record(self, effect: str, subject: str, decide: Callable[[Session], object]) -> Receipt:
        """Record what a policy did. The command id names the effect, so that whoever comes second changes nothing."""
        command_id = CommandId(f"{OWN_COMMANDS}{subject}:{effect}")
        request = {"effect": effect, "subject": subject}
        return self.application.execute(decide, request=request, command_id=command_id, actor=CONDUCTOR)
