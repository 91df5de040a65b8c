"""Stages as processes on this machine, each under a small supervisor that outlives whoever launched it."""

from __future__ import annotations

TYPE_CHECKING = False  # not from `typing`: importing that takes half as long as starting Python
if TYPE_CHECKING:
    from goldfish.adapters.process_runner.runner import ProcessRunner

__all__ = ["ProcessRunner"]


def __getattr__(name: str) -> type[ProcessRunner]:
    """Import the runner when it is asked for: the supervisor loads this package too, and must start fast."""
    if name == "ProcessRunner":
        from goldfish.adapters.process_runner.runner import ProcessRunner

        return ProcessRunner
    raise AttributeError(name)
