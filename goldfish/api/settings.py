"""Use cases around the settings of the project."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

from goldfish.api.core import Core
from goldfish.api.gate import settings_of
from goldfish.domain.project_settings import ProjectSettings


class SettingCommands(Core):
    """How strict goldfish is with those who work in the project."""

    def settings(self) -> ProjectSettings:
        """The settings as they are now."""
        return settings_of(self.services)

    def configure(self, given: Mapping[str, JsonValue], *, command_id: str | None = None) -> ProjectSettings:
        """Change some settings, and return all. Raises `BadProjectSetting` with everything that is wrong."""
        changes = dict(given)
        self.execute(lambda s: self.put(s, s.project(), lambda p: p.configure(changes)), {"set": changes}, command_id)
        self.write_state()
        return self.settings()
