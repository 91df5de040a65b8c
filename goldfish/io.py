"""What a stage reads, writes and says: `from goldfish.io import load_input, save_output, get_config`."""

from __future__ import annotations

from goldfish.stage.checkpoints import Checkpoint, list_checkpoints, load_checkpoint, save_checkpoint
from goldfish.stage.inputs import get_config, get_seed, input_path, load_input
from goldfish.stage.order import OutsideRun
from goldfish.stage.outputs import output_path, save_output
from goldfish.stage.signals import heartbeat, runtime_log, should_stop, stop_reason

__all__ = [
    "Checkpoint",
    "OutsideRun",
    "get_config",
    "get_seed",
    "heartbeat",
    "input_path",
    "list_checkpoints",
    "load_checkpoint",
    "load_input",
    "output_path",
    "runtime_log",
    "save_checkpoint",
    "save_output",
    "should_stop",
    "stop_reason",
]
