"""System checks: what is wrong with the settings, each with an id and a hint."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register  # noqa: A004
from django.db import connection

from core.http import ConfigError, DoorConfig
from versions.releases import RecipeUrl
from versions.sources.reading import web_host

LOOPBACK = ("127.", "localhost:", "[::1]:")


@register
def network(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The settings of the door: each is parsed as it will be when first used."""
    try:
        DoorConfig.from_settings(settings.BOTSITE_HTTP)
    except ConfigError as error:
        return [
            Error(
                f"The network settings can't be used: {error}",
                hint="See the section on the network in docs/settings.md.",
                id="botsite.E001",
            )
        ]
    return []


@register
def ca_bundle(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    path = settings.BOTSITE_HTTP["ca_bundle"]
    if path is None or Path(path).exists():
        return []
    return [
        Error(
            f"The bundle of certificate authorities {path} does not exist.",
            hint="Correct BOTSITE_CA_BUNDLE, REQUESTS_CA_BUNDLE or SSL_CERT_FILE.",
            id="botsite.E002",
        )
    ]


@register
def gitea_hosts(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return [
        Error(
            f"BOTSITE_GITEA_HOSTS names {host}, which is no host.",
            hint="Write hosts without scheme and path: git.example.org, or git.example.org:3000.",
            id="botsite.E004",
        )
        for host in settings.BOTSITE_GITEA_HOSTS
        if web_host(RecipeUrl(f"https://{host}")) != host.lower()
    ]


@register
def address(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if settings.DEBUG and not settings.BIND.startswith(LOOPBACK):
        return [
            Error(
                f"BOTSITE_DEBUG is on while the site is bound to {settings.BIND}.",
                hint="Debug pages show settings and code: turn it off, or bind to 127.0.0.1.",
                id="botsite.E003",
            )
        ]
    return []


@register
def hosts(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    reachable = not settings.BIND.startswith(LOOPBACK)
    only_local = set(settings.ALLOWED_HOSTS) <= {"localhost", "127.0.0.1", "[::1]"}
    if reachable and only_local:
        return [
            Warning(
                f"The site is bound to {settings.BIND}, but answers to local host names only.",
                hint="Name the host people will use in BOTSITE_ALLOWED_HOSTS.",
                id="botsite.W001",
            )
        ]
    return []


@register
def queue(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if settings.REDIS_URL and connection.vendor == "sqlite":
        return [
            Warning(
                "REDIS_URL is set, but the database is SQLite.",
                hint="Redis is for several hosts, which SQLite can't serve: set DATABASE_URL too.",
                id="botsite.W002",
            )
        ]
    return []
