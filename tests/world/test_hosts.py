from __future__ import annotations

import gzip

from benchmarks.world.pages.git import tags
from benchmarks.world.population import Kind
from benchmarks.world.recipes import file_path, folder, owner
from tests.world.asking import first, get
from versions.sources.git_refs import read_tags


def test_git_advertises_all_tags(world):
    project = first(world, Kind.GITHUB)
    path = f"/github.com/{owner(project)}/{project.name}.git/info/refs?service=git-upload-pack"
    assert read_tags(get(world, path)[2]) == tags(project)


def test_cran_lists_every_package_once(world):
    text = gzip.decompress(get(world, "/cran.r-project.org/src/contrib/PACKAGES.gz")[2]).decode()
    assert text.count("Package: ") == 100
    assert f"Package: {first(world, Kind.CRAN).name}\n" in text


def test_a_listing_names_the_files_of_its_folder(world):
    project = first(world, Kind.LISTING)
    version = project.releases[0].version
    name = file_path(project, version).rpartition("/")[2]
    body = get(world, f"/{project.host}{folder(project, version)}")[2]
    assert f'href="{name}"'.encode() in body


def test_every_request_is_counted_by_host_and_kind(world):
    project = first(world, Kind.LISTING)
    before = world.counts()
    get(world, f"/{project.host}/pub/{project.name}/")
    get(world, f"/{project.host}/no/such/folder/")
    counts = world.counts() - before
    assert counts.requests == counts.by_host[project.host] == 2
    assert counts.statuses == {"200": 1, "404": 1}
