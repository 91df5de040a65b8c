"""Every command sent twice takes effect once; and nothing is lost between many who write at once (F18, F20, F24)."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from goldfish.api import Goldfish
from goldfish.errors import CommandIdReused, Refusal
from tests.faults.conftest import Everything
from tests.faults.test_hostile_arguments import asked
from tests.faults.use_cases import ME, NAMES, WHY, parameters

COMMANDS = [name for name in NAMES if "command_id" in dict(parameters(name))]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_sent_twice_has_one_effect_and_one_answer(everything: Everything, name: str) -> None:
    before = everything.head()
    first = everything.call(name, command_id="once")
    after = everything.head()
    assert after > before
    assert everything.call(name, command_id="once") == first
    assert everything.head() == after
    with pytest.raises(CommandIdReused):
        everything.call(name, **everything.recipe(name).other, command_id="once")
    assert everything.head() == after
    assert everything.goldfish.verify().damages == []


def test_every_other_use_case_records_nothing(everything: Everything) -> None:
    for name in sorted(set(NAMES) - set(COMMANDS) - {"found", "register_path", "check_sources", "import_history"}):
        before = everything.head()
        everything.call(name)
        assert everything.head() == before, name


@pytest.mark.parametrize("name", COMMANDS)
def test_two_at_the_same_instant_under_one_id_get_the_same_answer(everything: Everything, name: str) -> None:
    gate = threading.Barrier(2)

    def send(_: int) -> Any:
        goldfish = Goldfish.open(everything.root, ME)
        gate.wait()
        return getattr(goldfish, name)(**everything.recipe(name).given, command_id="once")

    with ThreadPoolExecutor(2) as pool:
        left, right = pool.map(send, range(2))
    assert left == right
    ids = [event.command_id for event in everything.goldfish.log(limit=1_000)]
    assert ids.count("once") == len(everything.goldfish.application.journal.command("once"))  # type: ignore[arg-type]


def test_requests_by_many_at_once_have_a_number_each(everything: Everything) -> None:
    def ask(n: int) -> str:
        goldfish = Goldfish.open(everything.root, ME)
        return goldfish.run("w", reason=WHY, seed=n).run

    with ThreadPoolExecutor(6) as pool:
        runs = list(pool.map(ask, range(12)))
    assert sorted(runs) == sorted(f"run-{n}" for n in range(5, 17))
    seeds = {everything.goldfish.show(run).seed for run in runs}  # type: ignore[union-attr]  # they are runs
    assert seeds == set(range(12))


@pytest.mark.parametrize(
    "given",
    [
        "run-01", "run-1 ", "run-", "run-1.0", "run-١", "Run-1", "run-1e0", "run_1", "1", "#1", "run-1/trai", "w@v01",
        "w@v", "digits@r01", "di", "thought-01",
    ],
)  # fmt: skip
def test_a_name_that_is_nearly_one_is_refused_with_candidates_and_never_guessed(
    everything: Everything, given: str
) -> None:
    for name, argument in (("show", "ref"), ("lineage", "ref"), ("tag", "ref"), ("cancel", "run")):
        accepted, _ = asked(everything, name, **{argument: given})
        assert not accepted, (name, given)
    assert asked(everything, "compare", refs=["run-1", given]) == (False, [])
    with pytest.raises(Refusal) as caught:
        everything.goldfish.show(given)
    assert caught.value.near or given in ("1", "#1", "di", "run-", "w@v", "w@v01")


def test_a_digest_is_named_in_full_or_not_at_all(everything: Everything) -> None:
    digest = everything.goldfish.probe_source(everything.root / "digits.csv").digest
    for given in (digest[:12], digest[:-1], digest.removeprefix("sha256:")[:8], digest.upper()):
        assert asked(everything, "take_out", ref=given) == (False, [])
        assert asked(everything, "plan", inputs={"train.digits": given}) == (False, [])
