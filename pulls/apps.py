from __future__ import annotations

from django.apps import AppConfig


class PullsConfig(AppConfig):
    name = "pulls"

    def ready(self) -> None:
        import pulls.forges.outcomes  # noqa: F401 - codes register themselves when imported
