"""How the recipes of a world name what they download."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from benchmarks.world.population import Kind, Project

if TYPE_CHECKING:
    from versions.watch import WatchEntry


def urls(project: Project, version: str) -> list[str]:
    """The URLs of one version, as a recipe would have rendered them."""
    name = project.name
    match project.kind:
        case Kind.INDEX:
            file = f"{name.replace('-', '_')}-{version}.tar.gz"
            return [f"https://pypi.io/packages/source/{name[0]}/{name}/{file}"]
        case Kind.GITHUB:
            tag = project.tag_prefix + version
            return [f"https://github.com/{owner(project)}/{name}/{_archive(project, tag)}"]
        case Kind.CRAN:
            root, file = f"https://{project.host}/src/contrib", f"{name}_{version}.tar.gz"
            return [f"{root}/{file}", f"{root}/Archive/{name}/{file}"]
        case Kind.NPM:
            return [f"https://{project.host}/{name}/-/{name}-{version}.tgz"]
        case Kind.GEMS:
            return [f"https://{project.host}/downloads/{name}-{version}.gem"]
        case Kind.LISTING | Kind.UNLISTED:
            return [f"https://{project.host}{file_path(project, version)}"]


def owner(project: Project) -> str:
    return f"owner{project.number % 4999}"


def file_path(project: Project, version: str) -> str:
    """Where a file of this project lies on its listing host: in one folder, or in one for each
    series, or each version."""
    return f"{folder(project, version)}{project.name}-{version}.tar.gz"


def folder(project: Project, version: str) -> str:
    above = f"/pub/{project.name}/"
    if project.kind is Kind.UNLISTED or project.habit < 0.6:
        return above
    series = version.partition("-")[0].split(".")
    return f"{above}{'.'.join(series[:2]) if project.habit < 0.8 else version}/"


def watchfile(projects: Iterable[Project]) -> list[dict[str, Any]]:
    """What `manage.py watch` reads."""
    return [
        {
            "name": each.name,
            "version": each.recipe_version.replace("-", "_"),
            "urls": urls(each, each.recipe_version),
        }
        for each in projects
    ]


def watch_entries(projects: Iterable[Project], owner: str) -> list[WatchEntry]:
    """What `versions.watch.sync()` takes: as the graph would have it, with the recipes' own
    templates beside the rendered URLs. Needs Django."""
    from versions.watch import WatchEntry, WatchUrl

    return [
        WatchEntry(
            key=f"{owner}/{each.name}",
            name=each.name,
            current_version=each.recipe_version.replace("-", "_"),
            urls=tuple(
                WatchUrl(rendered, rendered.replace(each.recipe_version, "{{ version }}"))
                for rendered in urls(each, each.recipe_version)
            ),
        )
        for each in projects
    ]


def _archive(project: Project, tag: str) -> str:
    if project.habit < 0.5:
        return f"archive/{tag}.tar.gz"
    if project.habit < 0.8:
        return f"archive/refs/tags/{tag}.tar.gz"
    return f"releases/download/{tag}/{project.name}.tar.gz"
