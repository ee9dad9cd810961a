"""Outdated feedstocks that have the text of a recipe."""

from __future__ import annotations

from graph.models import Feedstock
from tests.factories import make_outdated, make_reading
from tests.index import source_url

RECIPE = """\
{{% set version = "{version}" %}}
package:
  name: {name}
  version: {{{{ version }}}}
source:
  url: {url}
  sha256: {sha256}
build:
  number: 3
"""


def make_recipe(name: str = "numpy", new_version: str = "2.0", url: str = "") -> Feedstock:
    """An outdated feedstock at 1.0, with the text of its recipe."""
    url = url or source_url(name, "1.0")
    url = url.replace("1.0", "{{ version }}")
    text = RECIPE.format(version="1.0", name=name, url=url, sha256="a" * 64)
    feedstock = make_outdated(
        name, new_version, path=f"{name}/recipe/meta.yaml", content_hash="first"
    )
    make_reading(feedstock, text)
    return feedstock
