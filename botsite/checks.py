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
# Of content created by one account: https://docs.github.com/rest/using-the-rest-api/rate-limits
GITHUB_PER_MINUTE, GITHUB_PER_HOUR = 80, 500


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


@register
def https(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if settings.HTTPS and not settings.TRUSTED_PROXIES:
        return [
            Error(
                "BOTSITE_HTTPS is on, but no proxy is trusted to say that a request came by https.",
                hint="Set BOTSITE_TRUSTED_PROXIES to how many proxies of yours stand before the "
                "site, or it redirects forever.",
                id="botsite.E005",
            )
        ]
    return []


@register
def pull_requests(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return [
        Error(
            f"{name} is {value}, but GitHub allows an account no more than {most}.",
            hint=f"Set it to {most} or less; beyond, GitHub locks the account out for a while.",
            id="botsite.E007",
        )
        for name, value, most in (
            ("BOTSITE_PULLS_PER_MINUTE", settings.PULLS_PER_MINUTE, GITHUB_PER_MINUTE),
            ("BOTSITE_PULLS_PER_HOUR", settings.PULLS_PER_HOUR, GITHUB_PER_HOUR),
        )
        if value > most and settings.GITHUB_API == settings.PUBLIC_GITHUB
    ]


@register(deploy=True)
def secret_key(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Only --deploy asks: on one machine a secret of its own is just right."""
    if settings.REDIS_URL and not settings.SECRET_KEY_GIVEN:
        return [
            Error(
                "This host has made up a secret of its own, which other hosts don't share.",
                hint="Put one and the same secret into BOTSITE_SECRET_KEY_FILE on all hosts.",
                id="botsite.E006",
            )
        ]
    return []
