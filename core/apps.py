from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "Core"

    def ready(self) -> None:
        # Outcome codes, job kinds and schedules register themselves when imported.
        autodiscover_modules("outcomes", "tasks")
        import core.github.outcomes
        import core.http.outcomes  # noqa: F401
