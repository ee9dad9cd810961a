from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from versions.releases import RecipeUrl
from versions.sources.spellings import url_template

H = "https://example.org/"


def other(url: str, version: str, wanted: str, template: str = "") -> str | None:
    found = url_template(RecipeUrl(url, template, version))
    return found.url(wanted) if found else None


@pytest.mark.parametrize(
    ("url", "version", "wanted", "expected"),
    [
        ("foo-1.2.3.zip", "1.2.3", "1.3.0", "foo-1.3.0.zip"),
        ("1.2.3/foo-1.2.3.zip", "1.2.3", "2.0", "2.0/foo-2.0.zip"),
        ("1.84.0/boost_1_84_0.tgz", "1.84.0", "1.85.0", "1.85.0/boost_1_85_0.tgz"),
        ("release-73-1/icu4c-73_1.tgz", "73.1", "74.2", "release-74-2/icu4c-74_2.tgz"),
        ("2.80/glib-2.80.1.zip", "2.80.1", "2.82.0", "2.82/glib-2.82.0.zip"),
        ("tcl8613-src.tgz", "8.6.13", "8.6.14", "tcl8614-src.tgz"),
        ("foo_1.3-2.tar.gz", "1.3_2", "1.4_1", "foo_1.4-1.tar.gz"),
        ("2024.02.05.zip", "2024.2.5", "2024.10.5", "2024.10.05.zip"),
        ("foo-20.zip", "v20", "v21", "foo-21.zip"),
        ("get.php?file=foo-1.2.3.zip", "1.2.3", "1.2.4", "get.php?file=foo-1.2.4.zip"),
        ("2020a/tzdata2020a.tgz", "2020a", "2020b", "2020b/tzdata2020b.tgz"),
    ],
)
def test_a_version_is_put_in_place_of_another(
    url: str, version: str, wanted: str, expected: str
) -> None:
    assert other(H + url, version, wanted) == H + expected


@pytest.mark.parametrize(
    ("url", "version"),
    [
        ("foo.zip", "1.2.3"),
        ("foo-11.2.3.zip", "1.2.3"),
        ("foo-1.2.34.zip", "1.2.3"),
        ("foo-1.2.3.4.zip", "1.2.3"),
        ("2.80/glib.zip", "2.80.1"),
        ("foo12.zip", "1.2"),
        ("foo.zip", "latest"),
        ("foo-.zip", ""),
    ],
)
def test_a_url_without_the_version_is_no_template(url: str, version: str) -> None:
    assert url_template(RecipeUrl(H + url, version=version)) is None


def test_the_host_stays() -> None:
    url = "https://v1.2.3.example.org/foo-1.2.3.zip"
    assert other(url, "1.2.3", "1.3.0") == "https://v1.2.3.example.org/foo-1.3.0.zip"


def test_what_the_recipe_writes_out_stays() -> None:
    template = H + "3/R-{{ version }}.zip"
    assert other(H + "3/R-3.3.1.zip", "3.3.1", "4.0.0", template) == H + "3/R-4.0.0.zip"


def test_what_the_recipe_computes_varies() -> None:
    template = H + "R-{{ version[0] }}/R-{{ version }}.zip"
    assert other(H + "R-3/R-3.3.1.zip", "3.3.1", "4.0.0", template) == H + "R-4/R-4.0.0.zip"


@given(url=st.text() | st.text().map(H.__add__), version=st.text(max_size=20), template=st.text())
def test_any_text_ends_in_a_template_or_none(url: str, version: str, template: str) -> None:
    found = url_template(RecipeUrl(url, template, version))
    assert found is None or found.url(version).startswith("http")
