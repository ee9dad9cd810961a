"""Web servers that list their folders, in the form of Apache; and those that list nothing."""

from __future__ import annotations

from collections.abc import Iterable

from benchmarks.world.pages.page import Page, missing
from benchmarks.world.population import Kind, Project
from benchmarks.world.recipes import file_path, folder

ABOVE = "/pub/"
_HTML = "text/html;charset=UTF-8"
_ROW = (
    '<img src="/icons/unknown.gif" alt="[   ]"> <a href="{name}">{name}</a>'
    "          {when:%Y-%m-%d %H:%M}  1.2M  \n"
)


def listed_page(project: Project, path: str) -> Page:
    """A folder or a file of a project on its own host."""
    if project.kind is Kind.UNLISTED:
        return _file(project, path)
    if not path.endswith("/"):
        return _file(project, path)
    if path == f"/pub/{project.name}/" and project.habit >= 0.6:
        return _listing(path, _folders(project, path))
    rows = (
        _ROW.format(name=file_path(project, each.version).rpartition("/")[2], when=each.released_at)
        for each in project.releases
        if folder(project, each.version) == path
    )
    return _listing(path, rows)


def above_page(projects: Iterable[Project]) -> Page:
    """The folder that holds those of a host's projects, each with the date of its last change."""
    rows = (
        _ROW.format(name=f"{each.name}/", when=each.releases[-1].released_at) for each in projects
    )
    return _listing(ABOVE, rows)


def _folders(project: Project, path: str) -> Iterable[str]:
    newest = {folder(project, each.version): each.released_at for each in project.releases}
    return (_ROW.format(name=at.removeprefix(path), when=when) for at, when in newest.items())


def _listing(path: str, rows: Iterable[str]) -> Page:
    text = "".join(rows)
    if not text:
        return missing("listing")
    title = f"Index of {path}"
    page = (
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1><pre>"
        f'<a href="?C=M;O=A">Last modified</a> <a href="/pub/">Parent Directory</a>\n{text}'
        "</pre></body></html>"
    )
    return Page("listing", page.encode(), _HTML)


def _file(project: Project, path: str) -> Page:
    exists = any(file_path(project, each.version) == path for each in project.releases)
    return Page("file", b"archive", "application/gzip") if exists else missing("file")
