"""Bytes that a request puts in the place of inputs: another run's output, a revision of a source, or a path."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from goldfish.domain.names import nearest
from goldfish.domain.planning import Upstream
from goldfish.errors import BadInputOverride
from goldfish.queries.references import Reference, resolve

if TYPE_CHECKING:
    from goldfish.api.core import Core
    from goldfish.projections import Row
    from goldfish.projections.projector import View

Register: TypeAlias = Callable[[Path], str | Upstream]

_PATH = re.compile(r"\.{0,2}/|~")


class Replacements:
    """What the values of `inputs` name, looked up once. A path becomes a source before anything of the run is done."""

    def __init__(self, core: Core, asked: Mapping[tuple[str, str], str], register: Register) -> None:
        """`register` makes a path a source, and returns its reference; or, for a dry run, what it would be."""
        self._core = core
        self._asked = asked
        self._register = register

    @cached_property
    def found(self) -> dict[str, Upstream]:
        """The bytes by "stage.input". Raises `BadInputOverride` and the refusals of unknown references."""
        if not self._asked:
            return {}
        paths = {key: given for key, given in self._asked.items() if _PATH.match(given)}
        registered = {key: self._register(Path(given).expanduser()) for key, given in paths.items()}
        view = self._core.services.projector.at()
        named = {f"{stage}.{name}": given for (stage, name), given in {**self._asked, **registered}.items()}
        return {
            key: _bytes_of(view, key, given.removeprefix("source:")) if isinstance(given, str) else given
            for key, given in named.items()
        }


def _bytes_of(view: View, key: str, given: str) -> Upstream:
    found = resolve(view, given)
    match found.kind:
        case "source":
            row = view.row("SELECT digest, ref, type FROM sources WHERE ref = ?", found.id)
            rows = [row] if row else []
        case "output":
            rows = view.rows(f"{_OUTPUTS} AND outputs.ref = ?", found.id)
        case "run" | "execution":
            rows = _of_run(view, found, key.rpartition(".")[2])
        case _:
            raise BadInputOverride(given=f"{key}={given}", why=f"a {found.kind} holds no bytes of an input")
    if not rows:
        why = f"{found.id} has no output of this name that a stage that succeeded has written"
        outputs = view.rows(f"{_OUTPUTS} AND outputs.run = ?", found.id.partition("/")[0])
        raise BadInputOverride(given=f"{key}={given}", why=why, near=nearest(given, [row["ref"] for row in outputs]))
    if len(rows) > 1:
        refs = [str(row["ref"]) for row in rows]
        raise BadInputOverride(given=f"{key}={given}", why=f"{len(rows)} stages wrote it; say which", near=refs)
    return Upstream(rows[0]["digest"], rows[0]["ref"], rows[0]["type"])


_OUTPUTS = """
    SELECT outputs.digest AS digest, outputs.ref AS ref, outputs.type AS type
    FROM outputs JOIN executions USING (run, stage) WHERE kind = 'output' AND executions.outcome = 'succeeded'
"""


def _of_run(view: View, found: Reference, signal: str) -> list[Row]:
    """The outputs of this name of a run, or of one of its stages."""
    run, _, stage = found.id.partition("/")
    rows = view.rows(f"{_OUTPUTS} AND outputs.run = ? AND outputs.name = ?", run, signal)
    return [row for row in rows if not stage or str(row["ref"]).startswith(f"{found.id}.")]
