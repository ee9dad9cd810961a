"""NVIDIA's redistributables: each product has a folder of manifests, one for each of its releases.

    /compute/PRODUCT/redist/redistrib_12.6.1.json: {"release_date", COMPONENT: {"version"}, ...}

The newest manifest that names the component is read; all packages of one product share both.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from core.http import Door
from versions.choosing.schemes import Scheme, release_part
from versions.outcomes import PROJECT_NOT_FOUND
from versions.releases import Listing, RecipeUrl, Release, Upstream
from versions.sources.protocol import Fact
from versions.sources.reading import ask, is_name, match_on, moment, reading
from versions.sources.shared import Shared

_HOST = "developer.download.nvidia.com"
_WORD = r"[A-Za-z0-9_-]{1,64}"
_SHAPE = re.compile(rf"/compute/(?P<product>{_WORD}(?:/{_WORD})?)/redist/(?P<component>{_WORD})/.+")
_MANIFEST = re.compile(r"redistrib_([0-9]+(?:\.[0-9]+){1,4})\.json")
# A component may have been dropped from the newest releases.
_MAX_MANIFESTS = 3


class Nvidia:
    name = "nvidia"
    title = "NVIDIA"
    urls = "`developer.download.nvidia.com/compute/PRODUCT/redist/COMPONENT/...`"
    asks = "The folder of the product, and its newest `redistrib_VERSION.json`, once for all its \
packages"
    bulk = True
    knows = frozenset({Fact.DATE})
    scheme = Scheme.GENERIC
    curated = True

    def __init__(self, compute_subdir: str = "", json_name: str = "") -> None:
        """What `bot.version_updates.nvidia` says, where it is not what the URL says."""
        self._product = compute_subdir
        self._component = json_name

    def claims(self, url: RecipeUrl) -> Upstream | None:
        match = match_on({_HOST}, url, _SHAPE)
        if match is None:
            return None
        product = self._product or match["product"]
        component = self._component or match["component"]
        page = f"https://{_HOST}/compute/{product}/redist/"
        return Upstream(self.name, component, page, lane=_HOST)

    def list_releases(self, upstream: Upstream, door: Door, shared: Shared) -> Listing:
        folder = upstream.url
        numbers = shared.get(folder, partial(self._numbers, folder, door))
        for number in numbers[:_MAX_MANIFESTS]:
            url = f"{folder}redistrib_{number}.json"
            manifest = shared.get(url, partial(self._manifest, url, door))
            if upstream.project in manifest:
                release = self._release(manifest, upstream, url)
                return Listing(self.name, folder, (release,))
        raise PROJECT_NOT_FOUND.error(title=self.title, project=upstream.project)

    def _numbers(self, folder: str, door: Door) -> list[str]:
        """The numbers of all manifests in a folder, newest first."""
        answer = ask(door, folder, title=self.title, project=folder)
        numbers = set(_MANIFEST.findall(answer.text()))
        with reading(self.title, folder):
            if not numbers:
                raise ValueError("the folder lists no redistrib_VERSION.json")
            return sorted(numbers, key=release_part, reverse=True)

    def _manifest(self, url: str, door: Door) -> Mapping[str, Any]:
        answer = ask(door, url, title=self.title, project=url)
        with reading(self.title, url):
            manifest = answer.json()
            if not isinstance(manifest, dict):
                raise ValueError("it is no manifest")
            return manifest

    def _release(self, manifest: Mapping[str, Any], upstream: Upstream, url: str) -> Release:
        with reading(self.title, upstream.project):
            version = manifest[upstream.project]["version"]
            if not is_name(version):
                raise ValueError("it names no version")
            released_at = moment(manifest.get("release_date"))
            return Release(version, self.name, url=url, released_at=released_at)
