from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from itertools import count
from pathlib import Path

import psutil
import pytest

from core.outcomes import Outcome
from graph.recipes import wall
from graph.recipes.model import Recipe, RecipeText
from graph.recipes.reader import read
from graph.recipes.wall import ReaderPool

ROOT = Path(__file__).resolve().parent.parent.parent
LOOP = "{% for i in range(9999) %}" * 3 + "{% endfor %}" * 3


def recipe(name: str, extra: str = "") -> RecipeText:
    return RecipeText(f"{name}/meta.yaml", f"package:\n  name: {name}\n{extra}".encode())


def readers() -> list[psutil.Process]:
    children = psutil.Process().children()
    return [each for each in children if "graph.recipes.reader_process" in each.cmdline()]


def test_it_reads_everything_it_is_given():
    texts = [recipe(f"r{number}") for number in range(20)]
    with ReaderPool(2) as pool:
        answers = list(pool.read_all(texts, ["linux-64"]))
    assert {id(text) for text, _ in answers} == {id(text) for text in texts}
    assert sorted(read.name for _, read in answers) == sorted(f"r{n}" for n in range(20))


def test_a_recipe_survives_the_way_through_the_wall():
    text = RecipeText(
        "a/recipe/meta.yaml",
        b"{% set version = '1' %}\npackage:\n  name: a\n  version: {{ version }}\n"
        b"source:\n  url: https://example.org/a-{{ version }}.zip\n  sha256: abc\n"
        b"outputs:\n  - name: a\n    requirements: [b]\n    requirements: [c]\n",
        {"linux_64_.yaml": "target_platform: [linux-64]\n"},
        "bot: {automerge: true}\n",
    )
    with ReaderPool(1) as pool:
        assert pool.read_one(text) == read(text)


def test_it_takes_no_more_than_it_can_hold():
    taken = count()
    endless = (recipe(f"r{number}") for number in taken)
    with ReaderPool(2) as pool:
        answers = pool.read_all(endless)
        for _ in range(5):
            next(answers)
        answers.close()
    assert next(taken) < 15


def test_a_reader_that_dies_takes_only_its_recipe_with_it():
    texts = [recipe("a"), recipe("b", LOOP), recipe("c"), recipe("d")]
    with ReaderPool(2, seconds=1.0) as pool:
        answers = {text.file: read for text, read in pool.read_all(texts)}
    assert isinstance(answers["b/meta.yaml"], Outcome)
    assert answers["b/meta.yaml"].code == "recipe.too_expensive"
    assert all(isinstance(answers[f"{name}/meta.yaml"], Recipe) for name in "acd")


def test_what_waited_behind_a_recipe_that_kills_its_reader_is_read_by_another():
    texts = [recipe("a", LOOP), recipe("b"), recipe("c", LOOP), recipe("d"), recipe("e")]
    with ReaderPool(1, seconds=0.2) as pool:
        answers = [(text.file[0], type(read)) for text, read in pool.read_all(texts)]
    assert sorted(answers, key=str) == [
        *(("a", Outcome), ("b", Recipe), ("c", Outcome), ("d", Recipe), ("e", Recipe)),
    ]


def test_a_long_answer_waits_for_a_slow_caller():
    long = "".join(f"    - package-number-{number}\n" for number in range(20_000))
    texts = [recipe("a"), recipe("b", f"requirements:\n  run:\n{long}")]
    with ReaderPool(2, seconds=2.0) as pool:
        answers = pool.read_all(texts)
        first = next(answers)
        time.sleep(2.5)
        assert all(isinstance(read, Recipe) for _, read in [first, *answers])


def test_a_killed_reader_is_replaced():
    with ReaderPool(1) as pool:
        pool.read_one(recipe("a"))
        (reader,) = readers()
        reader.kill()
        reader.wait()
        assert isinstance(pool.read_one(recipe("b")), Recipe)


@pytest.mark.parametrize("size", [1, 900_000])
def test_a_stopped_reader_runs_out_of_time(size):
    with ReaderPool(1, seconds=0.5) as pool:
        pool.read_one(recipe("a"))
        readers()[0].suspend()
        answer = pool.read_one(recipe("b", "#" * size))
    assert isinstance(answer, Outcome)
    assert answer.message.endswith("it takes more than 0.5 seconds.")


def test_readers_are_replaced_after_many_recipes(monkeypatch):
    monkeypatch.setattr(wall, "RECIPES_PER_READER", 2)
    with ReaderPool(1) as pool:
        pool.read_one(recipe("a"))
        first = readers()
        assert all(isinstance(pool.read_one(recipe(name)), Recipe) for name in "bcd")
        assert readers() != first


def test_a_reader_has_nothing_to_tell(monkeypatch):
    monkeypatch.setenv("SECRET", "hunter2")
    with ReaderPool(1) as pool:
        pool.read_one(recipe("a"))
        (reader,) = readers()
        assert set(reader.environ()) <= {"PATH", "LANG", "LC_CTYPE"}
        assert all("botsite-reader-" in each.path for each in reader.open_files())
        assert "botsite-reader-" in reader.cwd()
        assert reader.net_connections() == []


def test_closing_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with ReaderPool(2) as pool:
        list(pool.read_all([recipe("a"), recipe("b")]))
        assert len(list(tmp_path.iterdir())) == 2
    assert readers() == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("extra", ["", LOOP], ids=["idle", "busy"])
def test_no_reader_outlives_a_killed_parent(extra):
    program = (
        "from tests.recipes.test_wall import *\n"
        "pool = ReaderPool(1, seconds=1.0)\n"
        "pool.read_one(recipe('a'))\n"
        "print(readers()[0].pid, flush=True)\n"
        f"next(pool.read_all(recipe('b', {extra!r}) for _ in count()))\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE)
    with parent:
        assert parent.stdout
        reader = int(parent.stdout.readline())
        time.sleep(0.3)
        os.kill(parent.pid, signal.SIGKILL)
    deadline = time.monotonic() + 5
    while psutil.pid_exists(reader) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not psutil.pid_exists(reader)


@pytest.mark.parametrize(("processes", "seconds"), [(0, 1.0), (1, 0.0)])
def test_a_pool_of_nothing_is_refused(processes, seconds):
    with pytest.raises(ValueError, match="at least one process"):
        ReaderPool(processes, seconds)


def test_reading_needs_no_django():
    program = (
        "import sys, graph.recipes.reader, graph.recipes.wall, graph.recipes.tree\n"
        "sys.exit('django' in sys.modules)"
    )
    environment = {"PATH": os.environ["PATH"]}
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, check=True)
