from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from core.outcomes import OutcomeError
from tests.versions_pure.conftest import World
from versions.releases import RecipeUrl
from versions.sources.nvidia import Nvidia

ROOT = "https://developer.download.nvidia.com/compute"
FOLDER = f"{ROOT}/cuda/redist/"
URL = f"{FOLDER}cuda_nvcc/linux-x86_64/cuda_nvcc-linux-x86_64-12.6.20-archive.tar.xz"


def folder(*numbers: str) -> str:
    links = (f"<a href='redistrib_{each}.json'>redistrib_{each}.json</a>" for each in numbers)
    return (
        f"<html><body><a href='..'>..</a><a href='cuda_nvcc/'>x</a>{''.join(links)}</body></html>"
    )


def manifest(**components: str) -> str:
    entries: dict[str, Any] = {
        name: {
            "name": name,
            "license": "CUDA Toolkit",
            "version": version,
            "linux-x86_64": {"relative_path": f"{name}/x", "sha256": "0" * 64, "size": "1"},
        }
        for name, version in components.items()
    }
    return json.dumps({"release_date": "2024-08-29", "release_label": "12.6.1", **entries})


def publish(world: World, **manifests: str) -> None:
    """Manifests by number, written `v12_6_1`."""
    numbers = {key[1:].replace("_", "."): body for key, body in manifests.items()}
    world.answers(FOLDER, folder(*numbers))
    for number, body in numbers.items():
        world.answers(f"{FOLDER}redistrib_{number}.json", body, "application/json")


@pytest.mark.parametrize(
    ("url", "page", "component"),
    [
        (URL, FOLDER, "cuda_nvcc"),
        (f"{FOLDER}cuda_nvcc/LICENSE.txt", FOLDER, "cuda_nvcc"),
        (f"{ROOT}/nvpl/redist/nvpl_common/linux-sbsa/a.tar.xz", f"{ROOT}/nvpl/redist/", None),
    ],
)
def test_it_knows_its_urls(url: str, page: str, component: str | None) -> None:
    upstream = Nvidia().claims(RecipeUrl(url))
    assert upstream
    assert (upstream.url, upstream.project) == (page, component or "nvpl_common")


@pytest.mark.parametrize(
    "url",
    [
        URL.replace(".com", ".com.example.org"),
        URL.replace("https://", "https://developer.download.nvidia.com@"),
        f"{ROOT}/cutensor/2.0/local_installers/libcutensor-linux-sbsa-2.0.tar.gz",
        f"{ROOT}/cuda/redist/redistrib_12.6.1.json",
        f"{ROOT}/../redist/cuda_nvcc/linux-x86_64/a.tar.xz",
    ],
)
def test_it_leaves_other_urls_alone(url: str) -> None:
    assert Nvidia().claims(RecipeUrl(url)) is None


def test_settings_name_what_the_url_does_not() -> None:
    upstream = Nvidia("cudss", "libcudss").claims(RecipeUrl(URL))
    assert upstream
    assert (upstream.url, upstream.project) == (f"{ROOT}/cudss/redist/", "libcudss")


def test_the_newest_manifest_serves_all_packages(world: World) -> None:
    newest = manifest(cuda_nvcc="12.10.33", cuda_cudart="12.10.30")
    publish(world, v12_6_1=manifest(cuda_nvcc="12.6.68"), v12_10_0=newest)
    found = world.listing(Nvidia(), URL)
    assert [release.version for release in found.releases] == ["12.10.33"]
    assert found.releases[0].released_at == datetime(2024, 8, 29, tzinfo=UTC)
    other = world.listing(Nvidia(), URL.replace("cuda_nvcc/", "cuda_cudart/"))
    assert [release.version for release in other.releases] == ["12.10.30"]
    assert world.asked() == [FOLDER, f"{FOLDER}redistrib_12.10.0.json"]


def test_a_component_that_was_dropped_is_found_in_an_older_manifest(world: World) -> None:
    publish(world, v12_6_1=manifest(cuda_nvcc="12.6.68"), v13_0_0=manifest(cuda_cudart="13.0.1"))
    assert world.listing(Nvidia(), URL).releases[0].version == "12.6.68"


def test_a_component_that_no_recent_manifest_has_is_not_found(world: World) -> None:
    publish(world, **{f"v{number}_0": manifest() for number in range(9, 14)})
    with pytest.raises(OutcomeError) as raised:
        world.listing(Nvidia(), URL)
    assert raised.value.outcome.code == "versions.project_not_found"
    assert len(world.asked()) == 4


@pytest.mark.parametrize(
    "body", ["[]", '{"cuda_nvcc": 1}', '{"cuda_nvcc": {}}', '{"cuda_nvcc": {"version": "\\u0000"}}']
)
def test_anything_but_a_manifest_is_refused(world: World, body: str) -> None:
    publish(world, v12_6_1=body)
    with pytest.raises(OutcomeError) as raised:
        world.listing(Nvidia(), URL)
    assert raised.value.outcome.code == "versions.bad_answer"


def test_a_folder_without_manifests_is_refused(world: World) -> None:
    publish(world)
    with pytest.raises(OutcomeError, match=r"lists no redistrib_VERSION\.json"):
        world.listing(Nvidia(), URL)
