"""Contracts: what a signal must be, said once beside the output and, where it matters, beside the input."""

from __future__ import annotations

from goldfish.domain.event import Value, later

Shape = list[int | None]  # None: any length


class ArrayContract(Value):
    """What one array must be. What is None is left open."""

    shape: Shape | None = later(None)
    rank: int | None = later(None)
    dtype: str | None = later(None)


class Contract(Value):
    """What a signal must be. What is not said is left open. The type of the signal says which fields make sense.

    npy: shape, rank, dtype. npz: arrays by name. csv, parquet: columns with dtypes (None: any), in order when
    `ordered`, and no others when `exact`. json: `json_kind`. file, directory: content_type, a note for readers.
    """

    shape: Shape | None = later(None)
    rank: int | None = later(None)
    dtype: str | None = later(None)
    arrays: dict[str, ArrayContract] = later({})
    columns: dict[str, str | None] = later({})
    exact: bool = later(True)
    ordered: bool = later(True)
    json_kind: str | None = later(None)  # "object" or "list"
    content_type: str | None = later(None)
    description: str | None = later(None)
