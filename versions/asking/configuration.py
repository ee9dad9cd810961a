"""The settings that look-ups depend on."""

from __future__ import annotations

from django.conf import settings

from versions.asking.subjects import LookupConfig


def lookup_config() -> LookupConfig:
    http = settings.BOTSITE_HTTP
    return LookupConfig(
        index_endpoint=http["index_endpoint"],
        gitea_hosts=frozenset(host.lower() for host in settings.BOTSITE_GITEA_HOSTS),
        software=http["version"],
    )
