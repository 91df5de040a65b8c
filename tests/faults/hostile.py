"""Texts, values and numbers that nobody should send, and everybody does."""

from __future__ import annotations

from unicodedata import normalize

TEXTS = [
    "", ".", "..", "...", "../x", "../../../../etc/passwd", "..\\x", "a/../b", "a//b", "/etc/passwd", "~", "~root",
    "x.", "x ", " x", "x-", "a\x00b", "a\nb", "a\n", "\n", "a\tb", "a\x1b[31mb", "a\x7fb", "a\u202eb", "a\u200bb",
    "a\ufeffb", "\U000e0041", normalize("NFC", "é"), normalize("NFD", "é"), "\u0430dmin", "ＡＢ", "ﬁle", "😀", "W",
    "TRAIN", "Digits", "CON", "con.txt", "nul", "-rf", "--help", "%2e%2e%252f", "%00", "run-1\n", "run-01", "run-0",
    "run-1/", "run-1/../run-2", "run-1/train.", "run-1/train.model\n", "w@v1\n", "w@v01", "w@v0", "w@", "@", "@@good",
    "digits@r1\n", "digits@r01", "v1..", "..v1", "v1..v2..v3", "v99999999999999999999", "@x", "project",
    "workspace:w", "slot:w", "goldfish:x", "'; DROP TABLE runs; --", '" OR ""="', "${HOME}", "$(id)", "`id`",
    "{given}", "{0}", "%s", "=1", "a=", "train.=1", "train.lr=", "null", "yes", "1e999", "[" * 400, "\ud800",
    "a\udfffb", "a" * 65, "a" * 10_000, "é" * 5_000,
]  # fmt: skip

ALWAYS = ["", "../x", "a\x00b", "\ud800"]  # what has found most so far

WRONG: list[object] = [
    7, -0.5, float("nan"), float("inf"), 2**70, True, None, b"bytes", ["w"], [7], [None], ["w", ["w"]], ("w",),
    {"a", "b"}, {}, {"w": "w"}, {7: "w"}, {"train": 7}, {"train": {7: 7}}, {"train": {"lr": float("nan")}},
    {"train": {"lr": b"x"}}, {"train": object()}, object(), lambda *_: 1,
]  # fmt: skip

NUMBERS = [-(2**70), -(2**63) - 1, -(2**31), -1, 0, 2**31, 2**63, 2**70]

DEEP: dict[str, object] = {}
_inner = DEEP
for _ in range(5_000):
    _next: dict[str, object] = {}
    _inner["a"] = _next
    _inner = _next
WRONG.append({"train": DEEP})
