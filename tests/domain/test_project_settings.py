"""Settings of the project."""

from __future__ import annotations

import pytest
from pydantic import JsonValue

from goldfish.domain.project_settings import ProjectSettings, read_setting
from goldfish.domain.projects import Project
from goldfish.errors import BadProjectSetting
from tests.given import given


def test_settings_are_changed_and_what_is_so_already_changes_nothing() -> None:
    configured = Project.Configured(settings=ProjectSettings(gate="refuse"))
    given(Project()).when(lambda p: p.configure({"gate": "refuse"})).then(configured)
    given(Project(), configured).when(lambda p: p.configure({"gate": "refuse"})).then()
    later = Project.Configured(settings=ProjectSettings(gate="refuse", minimum_reason=40))
    given(Project(), configured).when(lambda p: p.configure({"minimum_reason": 40})).then(later)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"gate": "open"}, "it is say or refuse"),
        ({"minimum_reason": 0}, "it is a whole number from 1 to 1000"),
        ({"minimum_reason": "15"}, "it is a whole number from 1 to 1000"),
        ({"trend_runs": True}, "it is a whole number from 3 to 1000"),
    ],
)
def test_values_that_cannot_be_are_refused_with_the_rule(change: dict[str, JsonValue], why: str) -> None:
    assert why in given(Project()).when(lambda p: p.configure(change)).refused(BadProjectSetting).message


def test_an_unknown_setting_is_refused_with_the_near_one() -> None:
    refused = given(Project()).when(lambda p: p.configure({"minimum_reasons": 3})).refused(BadProjectSetting)
    assert refused.near == ("minimum_reason",)


def test_a_setting_is_written_with_an_equals_sign() -> None:
    assert read_setting("gate=refuse") == ("gate", "refuse")
    assert read_setting(" minimum_reason = 20 ") == ("minimum_reason", 20)
    for wrong in ("gate", "trend_runs=.inf"):
        with pytest.raises(BadProjectSetting):
            read_setting(wrong)
