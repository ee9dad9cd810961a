from __future__ import annotations

from django.apps import AppConfig


class BotsiteConfig(AppConfig):
    name = "botsite"
    verbose_name = "Botsite"
