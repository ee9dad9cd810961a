"""`cf-graph:PATH`: a checkout of the data repository of conda-forge's bot.

`all_feedstocks.json` names the feedstocks. The text of a recipe, its conda-forge.yml and the first
file of its .ci_support are in one JSON file below `node_attrs/`. Nothing is asked over a network.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from dulwich.refs import HEADREF, DiskRefsContainer

from core.outcomes import Outcome
from graph.channels.bot_files import NAME, BadFile, load, path_of
from graph.channels.found import Found, Home, Settled
from graph.channels.outcomes import BAD_NODE, NO_BOT_DATA, NO_NODE
from graph.outcomes import UNREADABLE
from graph.recipes.model import RecipeText

LIST = "all_feedstocks.json"
NODES = "node_attrs"
FORGE = "https://github.com/conda-forge"
MAX_LIST_BYTES = 64_000_000
MAX_NODE_BYTES = 16_000_000

_PLATFORM = re.compile(r"[a-z]+_[a-z0-9]+")
_V1 = re.compile(r"^(?:schema_version:[ ]*1\b|context:|recipe:)|\$\{\{", re.MULTILINE)


def locate(place: str) -> str:
    path = Path(place).expanduser()
    for name in (LIST, NODES):
        if not os.access(path / name, os.R_OK):
            raise NO_BOT_DATA.error(
                path=place, problem=f"there is no {name} in it that can be read"
            )
    return str(path.resolve())


def suggest_name(place: str) -> str:
    return Path(place).name


def position(place: str) -> str:
    """The commit that is checked out. Files that someone changed by hand don't show in it."""
    git = Path(locate(place)) / ".git"
    refs = DiskRefsContainer(os.fsencode(git))
    try:
        return refs[HEADREF].decode() if git.is_dir() else ""
    except KeyError:
        return ""


def find(place: str, settled: Settled) -> Iterator[Found]:
    root = Path(locate(place))
    for name, home in _listed(root):
        path = node_path(name)
        if NAME.fullmatch(name):
            yield Found(name, path, _read(root, name, path), home)
        else:
            safe = re.sub(r"[^A-Za-z0-9._+-]+", "-", name)[:190] or "-"
            problem = "no feedstock can have this name"
            yield Found(safe, LIST, BAD_NODE.outcome(name=safe, problem=problem), home)


def node_path(name: str) -> str:
    """Where the node of a feedstock is, below the checkout."""
    return path_of(NODES, name)


def _listed(root: Path) -> list[tuple[str, Home]]:
    """Name and home of each feedstock, in the order of names."""
    listing = _listing(root)
    active, archived = (set(_names(root, listing, key)) for key in ("active", "archived"))
    if not active | archived:
        # More likely half a checkout than the end of conda-forge.
        raise NO_BOT_DATA.error(path=root, problem=f"{LIST} names no feedstock")
    branches = listing.get("default_branches")
    branches = branches if isinstance(branches, dict) else {}
    return [
        (name, Home(f"{FORGE}/{name}-feedstock", _text(branches.get(name)), name not in active))
        for name in sorted(active | archived)
    ]


def _listing(root: Path) -> dict[str, Any]:
    try:
        return load(root / LIST, MAX_LIST_BYTES)
    except (BadFile, OSError) as error:
        problem = getattr(error, "strerror", None) or error
        raise NO_BOT_DATA.error(path=root, problem=f"{LIST}: {problem}") from None


def _names(root: Path, listing: Mapping[str, Any], key: str) -> list[str]:
    names = listing.get(key, [])
    if not (isinstance(names, list) and all(isinstance(name, str) for name in names)):
        raise NO_BOT_DATA.error(path=root, problem=f"{key!r} in {LIST} is no list of names")
    return names


def _read(root: Path, name: str, path: str) -> RecipeText | Outcome:
    try:
        return _recipe(load(root / path, MAX_NODE_BYTES))
    except FileNotFoundError:
        return NO_NODE.outcome(file=path, name=name)
    except BadFile as error:
        return BAD_NODE.outcome(file=path, name=name, problem=error)
    except OSError as error:
        return UNREADABLE.outcome(file=path, line=1, problem=error.strerror)


def _recipe(node: Mapping[str, Any]) -> RecipeText:
    text = node.get("raw_meta_yaml")
    if not isinstance(text, str):
        raise BadFile("it holds no recipe")
    return RecipeText(
        file="recipe/recipe.yaml" if _is_v1(node, text) else "recipe/meta.yaml",
        data=text.encode("utf-8", "replace"),
        ci_support=_ci_support(node),
        conda_forge_yml=_conda_forge_yml(node),
    )


def _is_v1(node: Mapping[str, Any], text: str) -> bool:
    """`raw_meta_yaml` holds the text of either file; which one stands in what the bot read of it,
    unless it couldn't."""
    read = node.get("meta_yaml")
    version = read.get("schema_version") if isinstance(read, dict) else None
    return version == 1 if isinstance(version, int) else bool(_V1.search(text))


def _ci_support(node: Mapping[str, Any]) -> dict[str, str]:
    """The one file that is kept, and empty ones, which mean defaults, for all other platforms."""
    files = {
        key.removeprefix("ci_support_"): value
        for key, value in node.items()
        if key.startswith("ci_support_") and key.endswith(".yaml") and isinstance(value, str)
    }
    platforms = node.get("platforms")
    for platform in platforms if isinstance(platforms, list) and files else ():
        named = isinstance(platform, str) and _PLATFORM.fullmatch(platform)
        if named and not any(file.startswith(f"{platform}_") for file in files):
            files[f"{platform}_.yaml"] = ""
    return files


def _conda_forge_yml(node: Mapping[str, Any]) -> str:
    settings = node.get("conda-forge.yml")
    if not isinstance(settings, dict) or not settings:
        return ""
    try:
        text = yaml.dump(
            _plain(settings), Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False
        )
    except (yaml.YAMLError, UnicodeError, RecursionError):
        raise BadFile("its conda-forge.yml can't be written as YAML") from None
    return str(text)


def _plain(value: Any) -> Any:
    """The bot writes a set as `{"__set__": true, "elements": [...]}`."""
    if isinstance(value, dict):
        if value.get("__set__") is True and isinstance(value.get("elements"), list):
            return _plain(value["elements"])
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _text(value: Any) -> str:
    return value[:200] if isinstance(value, str) else ""
