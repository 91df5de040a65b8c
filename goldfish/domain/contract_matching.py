"""Contracts compared: with what a capture says of the bytes, and with each other.

`described` holds what output capture found in the header of a file: shape, dtype, arrays, columns, dtypes, rows, kind.
What it does not say cannot be judged, and is no violation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pydantic import JsonValue

from goldfish.domain.contracts import ArrayContract, ColumnContract, Contract, Shape
from goldfish.domain.dtypes import fits, is_dtype, text_fits
from goldfish.domain.values import SignalType

Described = Mapping[str, JsonValue]

_KINDS = {"array": "list"}  # the word of JSON, and of a contract


def violations(contract: Contract, signal: SignalType, described: Described) -> list[str]:
    """What about the bytes is not as the contract says; empty when nothing is."""
    match signal:
        case "npy":
            return list(_array(contract, described, ""))
        case "npz":
            return list(_arrays(contract, described.get("arrays")))
        case "csv" | "parquet":
            return list(_table(contract, signal, described))
        case "json":
            return list(_kind(contract, described.get("kind")))
        case _:
            return []


def _array(contract: Contract | ArrayContract, described: Described, at: str) -> Iterator[str]:
    shape, dtype = described.get("shape"), described.get("dtype")
    if isinstance(shape, list):
        if contract.rank is not None and len(shape) != contract.rank:
            yield f"{at}it has {len(shape)} axes, not {contract.rank}"
        elif contract.shape is not None and not _of_shape(shape, contract.shape):
            yield f"{at}its shape is {_shown(shape)}, not {_shown(contract.shape)}"
    if contract.dtype is not None and isinstance(dtype, str) and not fits(dtype, contract.dtype):
        yield f"{at}its dtype is {dtype}, not {contract.dtype}"


def _arrays(contract: Contract, found: JsonValue) -> Iterator[str]:
    if not isinstance(found, dict):
        return
    for name, wanted in contract.arrays.items():
        array = found.get(name)
        if array is None:
            yield f"it has no array {name!r}; it has {_listed(list(found))}"
        elif isinstance(array, dict):
            yield from _array(wanted, array, f"array {name!r}: ")


def _table(contract: Contract, signal: SignalType, described: Described) -> Iterator[str]:
    columns, dtypes = described.get("columns"), described.get("dtypes")
    if not contract.columns or not isinstance(columns, list):
        return
    names = [str(name) for name in columns]
    left_out = described.get("columns_left_out", 0)
    complete = not left_out
    wanted = [column.name for column in contract.columns]
    missing = [name for name in wanted if name not in names]
    if missing and complete:
        yield f"it has no column {_listed(missing)}; it has {_listed(names)}"
    extra = [name for name in names if name not in wanted]
    if contract.exact and (extra or not complete):
        yield f"it has the further {'column' if len(extra) == 1 else 'columns'} {_listed(extra)}"
    if contract.ordered and not _in_order(wanted, names):
        yield f"its columns stand in another order: {_listed([name for name in names if name in wanted])}"
    known = dtypes if isinstance(dtypes, dict) else {}
    match = text_fits if signal == "csv" else fits
    for column in contract.columns:
        dtype = known.get(column.name)
        if column.dtype is not None and isinstance(dtype, str) and not match(dtype, column.dtype):
            yield f"the column {column.name!r} is {dtype}, not {column.dtype}"


def _kind(contract: Contract, found: JsonValue) -> Iterator[str]:
    kind = _KINDS.get(found, found) if isinstance(found, str) else None
    if contract.json_kind is not None and kind not in (None, contract.json_kind):
        yield f"it holds {_with_article(str(kind))}, not {_with_article(contract.json_kind)}"


def incompatible(produced: Contract, wanted: Contract) -> list[str]:
    """What an output promises that its reader does not take, or does not promise that its reader needs."""
    return [*_array_differs(produced, wanted, ""), *_arrays_differ(produced, wanted), *_rest_differs(produced, wanted)]


def _array_differs(produced: Contract | ArrayContract, wanted: Contract | ArrayContract, at: str) -> Iterator[str]:
    ranks = [c.rank if c.shape is None else len(c.shape) for c in (produced, wanted)]
    if None not in ranks and ranks[0] != ranks[1]:
        yield f"{at}{ranks[0]} axes are promised, {ranks[1]} wanted"
    elif produced.shape is not None and wanted.shape is not None and not _meet(produced.shape, wanted.shape):
        yield f"{at}the shape {_shown(produced.shape)} is promised, {_shown(wanted.shape)} wanted"
    if produced.dtype and wanted.dtype and not fits(produced.dtype, wanted.dtype):
        yield f"{at}the dtype {produced.dtype} is promised, {wanted.dtype} wanted"


def _arrays_differ(produced: Contract, wanted: Contract) -> Iterator[str]:
    for name, array in wanted.arrays.items() if produced.arrays else ():
        if name not in produced.arrays:
            yield f"no array {name!r} is promised; there is {_listed(list(produced.arrays))}"
        else:
            yield from _array_differs(produced.arrays[name], array, f"array {name!r}: ")


def _rest_differs(produced: Contract, wanted: Contract) -> Iterator[str]:
    if produced.columns and wanted.columns:
        yield from _columns_differ(produced, wanted)
    if produced.json_kind and wanted.json_kind and produced.json_kind != wanted.json_kind:
        yield f"{_with_article(produced.json_kind)} is promised, {_with_article(wanted.json_kind)} wanted"
    if produced.content_type and wanted.content_type and produced.content_type != wanted.content_type:
        yield f"{produced.content_type} is promised, {wanted.content_type} wanted"


def _columns_differ(produced: Contract, wanted: Contract) -> Iterator[str]:
    promised = {column.name: column.dtype for column in produced.columns}
    names = [column.name for column in wanted.columns]
    missing = [name for name in names if name not in promised]
    if missing and produced.exact:
        yield f"no column {_listed(missing)} is promised; there is {_listed(list(promised))}"
    extra = [name for name in promised if name not in names]
    if extra and wanted.exact:
        yield f"the further {'column' if len(extra) == 1 else 'columns'} {_listed(extra)} would come"
    if wanted.ordered and produced.ordered and not _in_order(names, list(promised)):
        yield f"the columns are promised in another order: {_listed(list(promised))}"
    for column in wanted.columns:
        dtype = promised.get(column.name)
        if dtype is not None and column.dtype is not None and not fits(dtype, column.dtype):
            yield f"the column {column.name!r} is promised as {dtype}, wanted as {column.dtype}"


def observed(signal: SignalType, described: Described) -> Contract | None:
    """The contract that bytes like these keep: the first axis open, all else as it is; None when nothing is known."""
    match signal:
        case "npy":
            array = _seen(described)
            return Contract(shape=array.shape, dtype=array.dtype) if array else None
        case "npz" if isinstance(found := described.get("arrays"), dict):
            seen = {name: array for name, item in found.items() if isinstance(item, dict) and (array := _seen(item))}
            return Contract(arrays=seen) if seen else None
        case "csv" | "parquet" if isinstance(columns := described.get("columns"), list) and columns:
            dtypes = described.get("dtypes")
            known = dtypes if isinstance(dtypes, dict) else {}
            typed = [(str(name), known.get(str(name))) for name in columns]
            told = [
                ColumnContract(name=name, dtype=_dtype(found) if found != "null" else None) for name, found in typed
            ]
            return Contract(columns=told, exact=not described.get("columns_left_out"))
        case "json" if isinstance(kind := described.get("kind"), str) and _KINDS.get(kind, kind) in ("object", "list"):
            return Contract(json_kind=_KINDS.get(kind, kind))
        case _:
            return None


def _seen(described: Described) -> ArrayContract | None:
    shape, dtype = described.get("shape"), described.get("dtype")
    if not isinstance(shape, list):
        return None
    lengths: Shape = [length if isinstance(length, int) and axis > 0 else None for axis, length in enumerate(shape)]
    return ArrayContract(shape=lengths, dtype=_dtype(dtype))


def _dtype(found: JsonValue) -> str | None:
    """A dtype that a contract can name. Text that was this long may be longer the next time."""
    name = next((name for name in ("str", "bytes") if isinstance(found, str) and fits(found, name)), found)
    return name if isinstance(name, str) and is_dtype(name) else None


def _of_shape(found: Sequence[JsonValue], wanted: Shape) -> bool:
    return len(found) == len(wanted) and all(w is None or w == f for f, w in zip(found, wanted, strict=True))


def _meet(left: Shape, right: Shape) -> bool:
    return all(a is None or b is None or a == b for a, b in zip(left, right, strict=True))


def _in_order(wanted: Sequence[str], names: Sequence[str]) -> bool:
    """Whether those of the wanted names that are there stand in the wanted order."""
    present, asked = set(names), set(wanted)
    return [n for n in wanted if n in present] == [n for n in names if n in asked]


def _shown(shape: Sequence[JsonValue]) -> str:
    return f"[{', '.join('any' if length is None else str(length) for length in shape)}]"


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    return ", ".join(repr(name[:80]) for name in names[:10]) + more if names else "none"


def _with_article(kind: str) -> str:
    return "an object" if kind == "object" else f"a {kind}"
