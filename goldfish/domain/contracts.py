"""Contracts: what a signal must be, said once beside the output and, where it matters, beside the input."""

from __future__ import annotations

from typing import Literal

from goldfish.domain.event import Value, later

Shape = list[int | None]  # None: any length
Enforcement = Literal["block", "warn", "record"]


class ArrayContract(Value):
    """What one array must be. What is None is left open."""

    shape: Shape | None = later(None)
    rank: int | None = later(None)
    dtype: str | None = later(None)


class ColumnContract(Value):
    """A column that a table must have. A dtype of None is left open."""

    name: str
    dtype: str | None = later(None)


class Contract(Value):
    """What a signal must be. What is not said is left open. The type of the signal says which fields make sense.

    npy: shape, rank, dtype. npz: arrays by name. csv, parquet: columns, in this order when `ordered`, and no others
    when `exact`. json: `json_kind`. file, directory: content_type, a note for readers.
    """

    shape: Shape | None = later(None)
    rank: int | None = later(None)
    dtype: str | None = later(None)
    arrays: dict[str, ArrayContract] = later({})
    columns: list[ColumnContract] = later([])  # a list, since stored mappings do not keep their order
    exact: bool = later(True)
    ordered: bool = later(True)
    json_kind: str | None = later(None)  # "object" or "list"
    content_type: str | None = later(None)
    description: str | None = later(None)
    enforcement: Enforcement = later("block")  # what a violation does: fail the stage, or only be recorded
