"""Takes what an ended execution left in its directory, and looks into data that nobody vouches for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from goldfish.adapters.output_capture.capture import FileCapture
    from goldfish.adapters.output_capture.probing import ChildProber

__all__ = ["ChildProber", "FileCapture"]


def __getattr__(name: str) -> object:
    """Each when it is first used: the process that looks into data starts with `formats` alone."""
    if name == "FileCapture":
        from goldfish.adapters.output_capture.capture import FileCapture

        return FileCapture
    if name == "ChildProber":
        from goldfish.adapters.output_capture.probing import ChildProber

        return ChildProber
    raise AttributeError(name)
