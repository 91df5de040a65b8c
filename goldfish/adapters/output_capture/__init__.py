"""Takes what an ended execution left in its directory."""

from __future__ import annotations

from goldfish.adapters.output_capture.capture import FileCapture

__all__ = ["FileCapture"]
