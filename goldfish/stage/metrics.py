"""Metrics: numbers by name and step, logged as fast as a training loop turns."""

from __future__ import annotations

import threading
from time import time
from typing import TYPE_CHECKING, SupportsFloat, SupportsIndex

from goldfish.stage.metric_log import HIGH_WATER, NO_STEP, RECORD, MetricLog
from goldfish.stage.order import current

if TYPE_CHECKING:
    from collections.abc import Mapping

_pack = RECORD.pack


_opening = threading.Lock()
_opened: list[MetricLog] = []  # at most one


def _log() -> MetricLog:
    """The log of this process; opened once, whichever threads ask first."""
    with _opening:
        if not _opened:
            _opened.append(MetricLog(current().directory))
    return _opened[0]


def log_metric(name: str, value: SupportsFloat, step: SupportsIndex | None = None) -> None:
    """Record one point. NaN and infinity are recorded as what they are.

    At most one second of points is lost when the process is killed. Raises `TypeError` for what is no number and
    `ValueError` for an unusable name or step, and `OSError` when the points cannot be written.
    """
    log = _opened[0] if _opened else _log()
    if type(value) is not float:
        value = _number(name, value)
    step = NO_STEP if step is None else step if type(step) is int and 0 <= step < 1 << 63 else _step(name, step)
    try:
        number = log.ids[name]
    except (KeyError, TypeError):
        number = log.register(name)
    log.queue.append(_pack(number, step, value, time()))
    if len(log.queue) >= HIGH_WATER:
        log.flush()


def log_metrics(values: Mapping[str, SupportsFloat], step: SupportsIndex | None = None) -> None:
    """Record one point for each name; refused as a whole when one of them is unusable."""
    numbers = {name: _number(name, value) for name, value in values.items()}
    log = _log()
    for name in numbers:
        if name not in log.ids:
            log.register(name)
    for name, value in numbers.items():
        log_metric(name, value, step)


def flush() -> None:
    """Hand every point to the operating system now. Raises `OSError` when it does not take them."""
    _log().flush()


def finish() -> None:
    """Flush and stop the background thread; done by itself at exit."""
    _log().finish()


def _number(name: str, value: object) -> float:
    """Python's and other libraries' scalars as float."""
    if isinstance(value, float):
        return float(value)
    if isinstance(value, bool) or type(value).__name__ in ("bool", "bool_") or isinstance(value, str | bytes):
        raise TypeError(f"the metric {name!r} was given {value!r}, which is no number.")
    if not isinstance(value, SupportsFloat):
        raise TypeError(f"the metric {name!r} was given {type(value).__name__}, which is no number.")
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise TypeError(f"the metric {name!r} was given {type(value).__name__}: {error}.") from error
    except OverflowError as error:
        raise ValueError(f"the metric {name!r} was given a number beyond a float's range.") from error


def _step(name: str, step: object) -> int:
    if isinstance(step, bool) or not isinstance(step, SupportsIndex):
        raise TypeError(f"the step of the metric {name!r} is {step!r}, not a whole number.")
    number = step.__index__()
    if not 0 <= number < 1 << 63:
        raise ValueError(f"the step of the metric {name!r} is {number}; steps go from 0 to 2^63 - 1.")
    return number
