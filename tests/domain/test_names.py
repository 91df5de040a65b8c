"""Names: short, safe everywhere, checked once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldfish.domain import names
from goldfish.errors import UnsafeName, UnusableText

HOSTILE = [
    "", ".", "..", "../x", "/etc/passwd", "a/b", "~", "~root", "-rf", "--help", "a..b", "a.", "a-", " a", "a ", "a\n",
    "a\x00b", "a\u202eb", "\u202ea", "ａ", "а", "é", "e\u0301", "A", "Run", "a b", "a\tb", "a\\b", "%2e%2e%252f",
    "a%2fb", "run-1", "run-42", "pattern-7", "thought-1", "hypothesis-2", "decision-3", "project", "x" * 65,
    "x" * 10_000, "💥", "a:b", "a@v1", "a*", "$(id)",
    "`id`", "a;b", "\ud800", "_a", ".a", "a'b", 'a"b', "nul\x7f",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_refused_with_the_reason(name: str) -> None:
    with pytest.raises(UnsafeName) as caught:
        names.safe_name(name, "workspace")
    assert caught.value.facts["why"]
    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 700


@pytest.mark.parametrize(
    "name", ["a", "0", "baseline", "lr-3e-4", "v1.2", "a_b", "x" * 64, "run-a", "run-0x", "running"]
)
def test_a_plain_name_is_kept_as_it_is(name: str) -> None:
    assert names.safe_name(name, "workspace") == name


def test_what_is_not_text_is_refused_by_name() -> None:
    for given_ in (None, 7, b"a", ["a"]):
        with pytest.raises(UnsafeName):
            names.safe_name(given_, "workspace")  # type: ignore[arg-type]  # hostile on purpose
        with pytest.raises(UnsafeName):
            names.key_name(given_, "stage")  # type: ignore[arg-type]  # hostile on purpose
        with pytest.raises(UnusableText):
            names.plain_text(given_, "reason")  # type: ignore[arg-type]  # hostile on purpose


@given(st.text(max_size=80))
def test_an_accepted_name_is_one_safe_path_component_whatever_was_typed(typed: str) -> None:
    try:
        name = names.safe_name(typed, "workspace")
    except UnsafeName:
        return
    assert name == typed
    assert name.isascii()
    assert not set(name) & set("/\\:@~ \x00\n")
    assert not name.startswith((".", "-"))


@pytest.mark.parametrize("name", ["", "a.b", "a/b", "-a", "_a", "a\n", "é", "x" * 65, "a b"])
def test_a_stage_or_signal_name_has_no_dots_and_begins_well(name: str) -> None:
    with pytest.raises(UnsafeName):
        names.key_name(name, "stage")


def test_a_stage_may_have_capitals() -> None:
    assert names.key_name("trainXGB_2", "stage") == "trainXGB_2"


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "x" * 101])
def test_text_that_cannot_be_recorded_is_refused(text: str) -> None:
    with pytest.raises(UnusableText):
        names.plain_text(text, "reason", limit=100)


def test_text_is_kept_in_one_normal_form() -> None:
    assert names.plain_text("e\u0301tude", "reason") == "\u00e9tude"


@pytest.mark.parametrize(
    ("given_", "parts"),
    [
        ("baseline@v3", ("baseline", 3)),
        ("a.b-c@v999999999", ("a.b-c", 999999999)),
        ("baseline@v0", None),
        ("baseline@v03", None),
        ("baseline@3", None),
        ("@v3", None),
        ("baseline@v3\n", None),
        ("baseline@v1234567890", None),
    ],
)
def test_a_version_id_splits_into_workspace_and_number(given_: str, parts: tuple[str, int] | None) -> None:
    assert names.split_version(given_) == parts
    if parts:
        assert names.version_id(*parts) == given_


@pytest.mark.parametrize(
    ("given_", "parts"),
    [
        ("run-42/train", ("run-42", "train")),
        ("run-42/trainXGB", ("run-42", "trainXGB")),
        ("run-42", None),
        ("run-42/", None),
        ("run-0/train", None),
        ("run-42/a/b", None),
        ("run-42/../x", None),
        ("Run-42/train", None),
    ],
)
def test_an_execution_id_splits_into_run_and_stage(given_: str, parts: tuple[str, str] | None) -> None:
    assert names.split_execution(given_) == parts
    if parts:
        assert names.execution_id(*parts) == given_


def test_the_streams_of_different_things_never_meet() -> None:
    streams = {f("x") for f in (names.workspace_stream, names.slot_stream, names.source_stream)}
    assert len(streams | {names.PROJECT, "run-1", names.execution_id("run-1", "x")}) == 6


def test_near_names_are_found_best_first() -> None:
    assert names.nearest("basline", ["baseline", "other", "base"])[0] == "baseline"
    assert names.nearest("zzz", ["baseline"]) == ()


@given(st.text(max_size=200))
def test_a_safe_name_can_be_made_of_any_text(text: str) -> None:
    made = names.name_like(text, "files")
    assert names.safe_name(made, "workspace") == made


@pytest.mark.parametrize(
    ("text", "name"), [("My Data (v2)", "my-data-v2"), ("run-3", "files-run-3"), ("…", "files"), ("a..b", "a.b")]
)
def test_a_name_that_is_made_resembles_the_text(text: str, name: str) -> None:
    assert names.name_like(text, "files") == name
