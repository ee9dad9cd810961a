"""The package index: a project's page and the list of all projects, as JSON (PEP 691, 700) or HTML
(PEP 503)."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator

from benchmarks.world.histories import Release
from benchmarks.world.pages.page import Page
from benchmarks.world.population import Project

JSON = "application/vnd.pypi.simple.v1+json"
HTML = "text/html; charset=UTF-8"
_MOST_FILES = 6000
_FILE_HOST = "https://files.world.example"
_PLATFORMS = (
    *("manylinux_2_17_x86_64.manylinux2014_x86_64", "win_amd64", "macosx_11_0_arm64"),
    *("manylinux_2_17_aarch64.manylinux2014_aarch64", "musllinux_1_2_x86_64", "win32"),
    *("macosx_10_9_x86_64", "manylinux_2_17_i686.manylinux2014_i686", "musllinux_1_2_aarch64"),
)
_WHEELS = (
    "py3-none-any",
    *(f"cp3{n}-cp3{n}-{platform}" for platform in _PLATFORMS for n in range(8, 15)),
)
_DIGITS = random.Random(0).randbytes(1 << 16).hex()


def project_page(project: Project, *, html: bool) -> Page:
    render = _html if html else _json
    return Page(
        "index page",
        render(project).encode(),
        HTML if html else JSON,
        etag=f"{project.name}-{project.serial}",
        packed=True,
        headers={} if html else {"X-PyPI-Last-Serial": str(project.serial)},
    )


def list_page(projects: Iterable[tuple[str, int]], serial: int, *, html: bool) -> Page:
    """All projects, as (name, serial)."""
    if html:
        links = "\n".join(f'<a href="/simple/{name}/">{name}</a>' for name, _ in projects)
        text = f"<!DOCTYPE html><html><body>\n{links}\n</body></html>"
    else:
        each = ",".join(f'{{"_last-serial":{last},"name":"{name}"}}' for name, last in projects)
        text = f'{{"meta":{{"_last-serial":{serial},"api-version":"1.4"}},"projects":[{each}]}}'
    return Page(
        "index list",
        text.encode(),
        HTML if html else JSON,
        etag=f"list-{serial}",
        packed=True,
        headers={} if html else {"X-PyPI-Last-Serial": str(serial)},
    )


def unwatched(seed: int, count: int) -> list[tuple[str, int]]:
    """Projects of the index that no recipe downloads."""
    draw = random.Random(f"{seed}/unwatched")
    return [(f"other-project-{n}", draw.randrange(1_000, 30_000_000)) for n in range(count)]


def _json(project: Project) -> str:
    versions = json.dumps([release.version for release in project.releases])
    files = ",".join(_files(project))
    return (
        f'{{"alternate-locations":[],"files":[{files}],'
        f'"meta":{{"_last-serial":{project.serial},"api-version":"1.4"}},'
        f'"name":"{project.name}","project-status":{{"status":"active"}},"versions":{versions}}}'
    )


def _files(project: Project) -> Iterator[str]:
    number = project.number
    for release in project.releases[-_MOST_FILES // project.files_each :]:
        when = release.released_at.strftime("%Y-%m-%dT%H:%M:%S.123456Z")
        yanked = '"broken build"' if release.yanked else "false"
        for name in _names(project, release):
            number += 31
            own, other = _digest(number), _digest(number + 7)
            yield (
                f'{{"core-metadata":{{"sha256":"{other}"}},'
                f'"data-dist-info-metadata":{{"sha256":"{other}"}},"filename":"{name}",'
                f'"hashes":{{"sha256":"{own}"}},"provenance":null,"requires-python":">=3.9",'
                f'"size":{number * 37},"upload-time":"{when}","url":"{_FILE_HOST}/packages/'
                f'{own[:2]}/{own[2:4]}/{other[:60]}/{name}","yanked":{yanked}}}'
            )


def _html(project: Project) -> str:
    links = "\n".join(
        f'<a href="{_FILE_HOST}/packages/{name}#sha256={_digest(place)}"'
        f"{' data-yanked' if release.yanked else ''}>{name}</a><br />"
        for release in project.releases[-_MOST_FILES // project.files_each :]
        for place, name in enumerate(_names(project, release))
    )
    title = f"Links for {project.name}"
    return f"<!DOCTYPE html><html><body>\n<h1>{title}</h1>\n{links}\n</body></html>"


def _names(project: Project, release: Release) -> list[str]:
    """An sdist, unless the release lacks one, and wheels."""
    stem = f"{project.name.replace('-', '_')}-{release.version}"
    if release.sdist:
        wheels = _WHEELS[: project.files_each - 1]
        return [f"{stem}.tar.gz", *(f"{stem}-{tags}.whl" for tags in wheels)]
    return [f"{stem}-{tags}.whl" for tags in _WHEELS[: project.files_each]]


def _digest(number: int) -> str:
    at = number * 64 % (len(_DIGITS) - 64)
    return _DIGITS[at : at + 64]
