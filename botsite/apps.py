from __future__ import annotations

from django.apps import AppConfig


class BotsiteConfig(AppConfig):
    name = "botsite"
    verbose_name = "Botsite"

    def ready(self) -> None:
        # System checks register themselves when imported.
        from botsite import checks  # noqa: F401
