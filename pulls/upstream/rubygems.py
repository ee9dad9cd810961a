"""RubyGems: hashes from the list of a gem's versions, dependencies from the page of one of them
(https://guides.rubygems.org/rubygems-org-api/, https://guides.rubygems.org/rubygems-org-api-v2/)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pulls.editing import Digests
from pulls.upstream.asking import Asking
from pulls.upstream.model import Told, file_name, hexadecimal, merged
from pulls.words.body import Link
from versions.releases import Upstream
from versions.sources.reading import reading
from versions.sources.rubygems import RubyGems

API = "https://rubygems.org/api"


class Gems:
    source = RubyGems.name
    title = RubyGems.title
    publishes = frozenset({"sha256"})

    def told(self, upstream: Upstream, version: str, ask: Asking) -> Told:
        answer = ask.get(f"{API}/v2/rubygems/{upstream.project}/versions/{version}.json")
        with reading(self.title, upstream.project):
            gem = answer.json()
            page = gem.get("changelog_uri")
            links = (Link("changelog", page),) if isinstance(page, str) and page else ()
            return Told(merged(_dependencies(gem)), links)

    def digests(self, upstream: Upstream, url: str, ask: Asking) -> Digests | None:
        answer = ask.get(f"{API}/v1/versions/{upstream.project}.json")
        with reading(self.title, upstream.project):
            for gem in answer.json():
                if _file(upstream.project, gem) == file_name(url):
                    sha256 = hexadecimal(gem.get("sha"), 64)
                    return Digests(sha256=sha256) if sha256 else None
        return None


def _file(project: str, gem: Mapping[str, Any]) -> str:
    platform = gem.get("platform") or "ruby"
    end = "" if platform == "ruby" else f"-{platform}"
    return f"{project}-{gem['number']}{end}.gem"


def _dependencies(gem: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if ruby := gem.get("ruby_version"):
        yield "ruby", str(ruby)
    for each in gem["dependencies"]["runtime"]:
        yield str(each["name"]), str(each["requirements"])
