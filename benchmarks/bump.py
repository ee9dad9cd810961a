"""How many recipes of a corpus can be edited to another version, how fast, and how well.

    BOTSITE_CORPUS=DIRECTORY python -m benchmarks.bump [--to VERSION] [--every N] [--processes N]

Each recipe is edited to its own version with the last number counted up (or to VERSION), with
made-up hashes. The class that matters are recipes with one source that has a URL and a hash, and
with a version written out. Each edited recipe is checked without asking the editor: it reads as the
new version with the new hash, other lines than those of version, URL, hash and build number are
the same, and editing it again changes nothing.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

PROCESSES = 2
SHA256, MD5, SHA1 = "fe" * 32, "fe" * 16, "fe" * 20
CHUNK = 50
_VERSION_WRITTEN_OUT = (
    re.compile(r"\{%[-+]?\s*set\s+version\s*=\s*[\"'][^\"']+[\"']"),
    re.compile(r"(?m)^context:\s*\n(?:[ #].*\n|\n)*?\s+version:[ \t]*[\"']?[\w.+-]+[\"']?"),
    re.compile(r"(?m)^package:[ \t]*\n(?:[ #].*\n|\n)*?\s+version:[ \t]*[\"']?[\w.+-]+[\"']?"),
)
_MAY_CHANGE = re.compile(
    r"version|url|https?:|number|build|sha256|md5|sha1|[0-9a-fA-F]{32}", re.IGNORECASE
)
_NUMBERS = re.compile(r"\d+(?:[._-]\d+)*")


@dataclass(frozen=True, slots=True)
class Result:
    """How one recipe went. `wrong` says what the checks found; `seconds` are of the processor."""

    path: str
    code: str
    is_in_class: bool = False
    is_changed: bool = False
    wrong: str = ""
    seconds: float = 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", default="", metavar="VERSION")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="take every Nth recipe")
    parser.add_argument("--processes", type=int, default=PROCESSES)
    options = parser.parse_args()
    corpus = os.environ.get("BOTSITE_CORPUS")
    if not corpus:
        sys.exit("BOTSITE_CORPUS does not name a directory of unpacked recipes.")
    run(Path(corpus), options.to, options.every, options.processes)


def run(corpus: Path, to_version: str, every: int, processes: int) -> None:
    clock = time.perf_counter()
    results = list(bump_all(corpus, to_version, every, processes))
    seconds = time.perf_counter() - clock
    inside = [each for each in results if each.is_in_class]
    outside = [each for each in results if not each.is_in_class]
    print(f"recipes               {len(results):>10,}")
    print(f"seconds               {seconds:>10.1f}")
    print(f"processes             {processes:>10}")
    print(f"ms of processor each  {1000 * sum(e.seconds for e in results) / len(results):>10.1f}")
    print(f"slowest, seconds      {max(each.seconds for each in results):>10.2f}")
    table("in the class", inside)
    table("outside of it", outside)
    wrong = [each for each in results if each.wrong]
    print(f"edited wrongly        {len(wrong):>10,}")
    for each in wrong:
        print(f"  {each.path}: {each.wrong}")


def table(title: str, results: list[Result]) -> None:
    edited = sum(each.is_changed for each in results)
    share = 100 * edited / max(1, len(results))
    print(f"{title:22}{len(results):>10,}")
    print(f"  edited              {edited:>10,}  {share:.2f}%")
    for code, count in Counter(each.code for each in results if not each.is_changed).most_common():
        print(f"  {code:32}{count:>8,}")


def bump_all(corpus: Path, to_version: str, every: int, processes: int) -> Iterator[Result]:
    from graph.recipes.tree import find_recipes

    found = list(find_recipes(corpus))[::every]
    chunks = [found[at : at + CHUNK] for at in range(0, len(found), CHUNK)]
    with ProcessPoolExecutor(processes) as pool:
        for results in pool.map(partial(bump_chunk, to_version), chunks):
            yield from results


def bump_chunk(to_version: str, chunk: list[Any]) -> list[Result]:
    """Behind a wall of this chunk's own: the recipes are strangers'."""
    from core.outcomes import Outcome
    from graph.recipes.wall import ReaderPool

    with ReaderPool(processes=1) as pool:
        return [
            Result(each.path, each.text.code)
            if isinstance(each.text, Outcome)
            else bump(each.text, to_version, pool.read_one)
            for each in chunk
        ]


def bump(recipe: Any, to_version: str, read: Any) -> Result:
    from core.outcomes import Outcome
    from pulls.editing import Digests, edit

    before = read(recipe, ())
    if isinstance(before, Outcome):
        return Result(recipe.file, before.code)
    new = to_version or counted_up(before.version)
    clock = time.process_time()
    edited = edit(recipe, new, lambda *_: Digests(SHA256, MD5, SHA1), read)
    seconds = time.process_time() - clock
    return Result(
        recipe.file,
        edited.outcome.code,
        is_in_class(recipe.data.decode(), before),
        edited.changed,
        wrong_in(recipe, before, edited, read) if edited.changed else "",
        seconds,
    )


def counted_up(version: str) -> str:
    numbers = list(re.finditer(r"\d+", version))
    if not numbers:
        return "99.1"
    start, end = numbers[-1].span()
    return f"{version[:start]}{int(version[start:end]) + 1:0{end - start}}{version[end:]}"


def is_in_class(text: str, recipe: Any) -> bool:
    has_one = len(recipe.sources) == 1 and recipe.sources[0].urls and recipe.sources[0].hashes
    return bool(has_one and any(each.search(text) for each in _VERSION_WRITTEN_OUT))


def wrong_in(recipe: Any, before: Any, edited: Any, read: Any) -> str:
    """What is wrong with an edited recipe; '' if nothing is."""
    from dataclasses import replace

    from core.outcomes import Outcome
    from pulls.editing import Digests, edit

    again = replace(recipe, data=edited.data)
    after = read(again, ())
    if isinstance(after, Outcome):
        return f"it can't be read: {after.message}"
    if after.version != edited.new_version:
        return f"its version is {after.version}"
    changed = [each for each in after.sources if each not in before.sources and each.urls]
    if any(set(each.hashes.values()) - {SHA256, MD5, SHA1} for each in changed):
        return "an old hash is left"
    if any(each.hashes for each in before.sources) and not edited.urls:
        return "no hash is new"
    if problem := wrong_lines(recipe.data, edited.data, edited.old_version):
        return problem
    twice = edit(again, edited.new_version, lambda *_: Digests("ab" * 32), read)
    return "editing again changes it" if twice.changed or twice.data != edited.data else ""


def wrong_lines(before: bytes, after: bytes, version: str) -> str:
    old, new = before.split(b"\n"), after.split(b"\n")
    if len(old) != len(new):
        return "lines were added or removed"
    for number, (was, now) in enumerate(zip(old, new, strict=True), start=1):
        if was != now and not may_change(was.decode(), version):
            return f"line {number} changed: {was.decode().strip()}"
    return ""


def may_change(line: str, version: str) -> bool:
    """Whether a line speaks of what may change, or holds a part of the version."""
    parts = f".{'.'.join(re.findall(r'[0-9]+', version))}."
    held = (".".join(re.split(r"[._-]", each)) for each in _NUMBERS.findall(line))
    return bool(version in line or _MAY_CHANGE.search(line)) or any(
        f".{each}." in parts for each in held
    )


if __name__ == "__main__":
    main()
