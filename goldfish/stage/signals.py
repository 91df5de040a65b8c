"""Talking with goldfish while the stage runs: heartbeat, stop requests, log lines."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Literal

from goldfish.stage import files
from goldfish.stage.order import current

Level = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_last_beat = [float("-inf")]


def heartbeat(message: str | None = None) -> None:
    """Say that the stage is alive, and how far it is. Written at most once a second; the rest costs nothing."""
    order = current()
    now = time.monotonic()
    if now - _last_beat[0] < 1:
        return
    _last_beat[0] = now
    beat = {"at": time.time(), "message": None if message is None else str(message)[:1000]}
    files.write(order.path("heartbeat.json"), json.dumps(beat).encode())


def should_stop() -> bool:
    """Whether the stage was asked to end. Save what matters and return; the rest follows after the grace."""
    return os.path.exists(current().path("stop"))


def stop_reason() -> str | None:
    """Why the stage was asked to end, or None while it was not."""
    try:
        with open(current().path("stop"), encoding="utf-8") as file:
            return str(json.load(file).get("reason"))
    except FileNotFoundError:
        return None


def runtime_log(message: str, level: Level = "INFO") -> None:
    """Put one line with the time into the log of the execution. Raises `ValueError` for an unknown level."""
    current()
    if level not in _LEVELS:
        raise ValueError(f"the level {level!r} is none of {', '.join(_LEVELS)}.")
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    line = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in str(message))
    sys.stderr.write(f"{stamp} {level} {line}\n")
    sys.stderr.flush()
