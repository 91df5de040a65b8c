"""What a stage measures: `from goldfish.metrics import log_metric`."""

from __future__ import annotations

from goldfish.stage.handed_over import log_artifact
from goldfish.stage.metrics import finish, flush, log_metric, log_metrics
from goldfish.stage.order import OutsideRun

__all__ = ["OutsideRun", "finish", "flush", "log_artifact", "log_metric", "log_metrics"]
