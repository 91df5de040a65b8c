"""Curves as a picture."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from goldfish.adapters.cli.inert import inert, shorten
from goldfish.errors import CannotWritePicture, ExtraMissing

if TYPE_CHECKING:
    from goldfish.queries.curves import Chart, Curves

ENDINGS = (".png", ".svg", ".pdf")


def draw(curves: Curves, path: Path) -> None:
    """Put a chart for each metric into one file. Raises `ExtraMissing`, `CannotWritePicture`."""
    if path.suffix.lower() not in ENDINGS:
        raise CannotWritePicture(path=path, why=f"{path.suffix or 'a name without an ending'} is no kind of picture")
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ExtraMissing(feature="--plot", package="matplotlib", extra="plot") from error
    columns = min(3, math.ceil(math.sqrt(len(curves.charts))))
    rows = math.ceil(len(curves.charts) / columns)
    figure = Figure(figsize=(5.2 * columns, 3.6 * rows), layout="constrained")
    for place, chart in enumerate(curves.charts, 1):
        _chart(figure.add_subplot(rows, columns, place), chart)
    partial = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        figure.savefig(partial, format=path.suffix[1:].lower(), dpi=150)
        partial.replace(path)
    except OSError as error:
        raise CannotWritePicture(path=path, why=error.strerror or str(error)) from error
    finally:
        partial.unlink(missing_ok=True)


def _chart(axes: Any, chart: Chart) -> None:
    if all(len(drawn.line.steps) == 1 for drawn in chart.lines):
        _single_values(axes, chart)
    else:
        _lines(axes, chart)
    if chart.logarithmic:
        axes.set_yscale("log")
    axes.set_title(_plain(shorten(inert(".".join(filter(None, (chart.stage, chart.metric)))), 60)))
    axes.grid(visible=True, alpha=0.3)
    axes.legend(fontsize="small")


def _single_values(axes: Any, chart: Chart) -> None:
    """What was logged once is no curve: a point for each side, with its deviation."""
    for place, drawn in enumerate(chart.lines):
        label = _plain(shorten(inert(drawn.label), 40))
        axes.errorbar([place], drawn.line.values, yerr=[drawn.line.sd[0] or 0.0], fmt="o", capsize=4, label=label)
    axes.set_xticks([])
    axes.set_xlim(-0.5, len(chart.lines) - 0.5)


def _lines(axes: Any, chart: Chart) -> None:
    for drawn in chart.lines:
        line = drawn.line
        label = _plain(shorten(inert(drawn.label), 40))
        few = {"marker": "."} if len(line.steps) < 30 else {}
        (curve,) = axes.plot(line.steps, line.values, label=label, linewidth=1.4, **few)
        if line.runs > 1:
            around = [0.0 if sd is None else sd for sd in line.sd]
            low = [value - sd for value, sd in zip(line.values, around, strict=True)]
            if chart.logarithmic:  # a band that reaches below nought has no place on such an axis
                low = [max(edge, value / 10) for edge, value in zip(low, line.values, strict=True)]
            high = [value + sd for value, sd in zip(line.values, around, strict=True)]
            axes.fill_between(line.steps, low, high, color=curve.get_color(), alpha=0.2, linewidth=0)
    axes.set_xlabel("step")
    axes.xaxis.get_major_locator().set_params(integer=True)


def _plain(text: str) -> str:
    """Text that matplotlib shows as it is: a dollar sign would begin a formula, an underscore hides a label."""
    shown = text.replace("$", r"\$")
    return f" {shown}" if shown.startswith("_") else shown
