"""Reading opens no file, starts no process and speaks to no one, whatever a recipe asks for."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from graph.recipes.model import RecipeText
from graph.recipes.wall import ReaderPool
from tests.recipes.hostile import CASES, META, V0, V1

ROOT = Path(__file__).resolve().parent.parent.parent
STRACE = shutil.which("strace")
AUDITED = """
import signal, sys
from graph.recipes import frames, reader_process
from graph.recipes.model import RecipeText
from tests.recipes.hostile import META

signal.signal(signal.SIGALRM, reader_process._stop)
def read(text):
    data = text if isinstance(text, bytes) else text.encode()
    request = frames.encode_request(RecipeText("meta.yaml", data[:2_000_000]), [])
    reader_process._answer(request, 1.0)
def watch(event, arguments):
    name = event.partition(".")[0]
    if name in ("os", "socket", "subprocess", "shutil", "tempfile", "pty", "ctypes", "open"):
        print(event, arguments[:1])
    if event == "exec" and arguments[0].co_filename not in ("<template>", "<unknown>"):
        print(event, arguments[0].co_filename)
reader_process._load_libraries()
sys.addaudithook(watch)
for text, _ in META.values():
    read(text)
print("read", len(META))
"""
# A thread, the end of one, what was open anyway, and lines that strace adds.
HARMLESS = re.compile(
    r"clone3?\(.*CLONE_THREAD|exit(_group)?\(|tgkill\("
    r'|(newfstatat|statx)\(\d+, ""|unlinkat\(\d+, "[^/]*"'
    r"|\+\+\+ |--- |.* resumed>"
)


def test_v0_recipes_open_nothing():
    done = subprocess.run(
        [sys.executable, "-c", AUDITED],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == (f"read {len(META)}\n", "")


@pytest.fixture
def traced_python(tmp_path, monkeypatch):
    """Readers run under strace; what they do is in a file each below the directory returned."""
    if not STRACE:
        pytest.skip("strace is not installed")
    logs = tmp_path / "logs"
    logs.mkdir()
    trace = f"{STRACE} -f -qq -e trace=%file,%network,%process -o {logs}/$$"
    script = tmp_path / "python"
    script.write_text(f'#!/bin/sh\nexec {trace} {sys.executable} "$@"\n')
    script.chmod(0o700)
    if subprocess.run([script, "-c", ""], check=False, capture_output=True).returncode:
        pytest.skip("strace may not trace here")
    monkeypatch.setattr(sys, "executable", str(script))
    return logs


def test_all_recipes_open_nothing(traced_python):
    assert len(CASES) >= 40
    with ReaderPool(1) as pool:
        for case in CASES:
            file, text, _ = case.values
            data = text if isinstance(text, bytes) else text.encode()
            pool.read_one(RecipeText(f"hostile/{file}", data))
        pool.read_one(RecipeText("good/meta.yaml", V0.encode()))
        pool.read_one(RecipeText("good/recipe.yaml", V1.encode()))
    logs = [log.read_text() for log in traced_python.iterdir()]
    assert any("recipe-" in log for log in logs)
    assert [call for log in logs for call in _strange_calls(log)] == []


def test_a_call_outside_would_be_seen():
    boot = (
        '1 openat(AT_FDCWD, "/usr/lib/python3/os.py") = 3\n1 chdir("/tmp/botsite-reader-x") = 0\n'
    )
    own = '1 openat(AT_FDCWD, "/tmp/botsite-reader-x/recipe-1/recipe.yaml", O_RDWR) = 3\n'
    theirs = '2 openat(AT_FDCWD, "/etc/passwd", O_RDONLY) = 3'
    assert _strange_calls(boot + own + theirs) == [theirs.removeprefix("2 ")]


def _strange_calls(log: str) -> list[str]:
    """What a reader did outside of its own directory, where it goes before it reads anything."""
    directory = re.search(r'chdir\("([^"]*botsite-reader-[^"]*)"', log)
    if directory is None:
        return []
    calls = (line.partition(" ")[2].strip() for line in log[directory.end() :].splitlines()[1:])
    own = f'"{directory[1]}'
    return [call for call in calls if not HARMLESS.match(call) and own not in call]
