from __future__ import annotations

import pytest
from packaging.utils import canonicalize_name

from core.http import DoorError, door
from tests.audit import __main__ as audit
from tests.audit import installed, published
from tests.audit.pins import NotAPin, Pin, read_pins
from tests.loopback import LoopbackServer

OURS = Pin("some-name", "1.0", frozenset({"a" * 64}))


@pytest.fixture
def says(settings, fresh_door):
    """What the index says of the pinned version, in HTML: a function of anchors' attributes."""
    with LoopbackServer() as server:
        settings.BOTSITE_HTTP = {**settings.BOTSITE_HTTP, "index_endpoint": f"{server.url}/simple/"}
        fresh_door()

        def ask(*files: tuple[str, str, str]) -> list[str]:
            anchors = "".join(
                f'<a href="../../f/{name}#sha256={digest * 64}" {more}>{name}</a>'
                for name, digest, more in files
            )
            page = (200, {"Content-Type": "text/html"}, f"<html><body>{anchors}</body></html>")
            server.route("/simple/some-name/", page)
            return published.findings(OURS, door(), f"{server.url}/simple/")

        yield ask


@pytest.mark.parametrize("file", ["run.txt", "dev.txt"])
def test_each_requirement_is_one_version_with_hashes(file):
    pins = read_pins(audit.REQUIREMENTS / file)
    assert len(pins) > 30
    assert [pin.name for pin in pins if not pin.hashes] == []
    here = [canonicalize_name(pin.name) for pin in pins if pin.here]
    assert len(set(here)) == len(here)


def test_what_runs_is_tested_in_the_same_version():
    run, dev = (
        {(pin.name, pin.version) for pin in read_pins(audit.REQUIREMENTS / f"{name}.txt")}
        for name in ("run", "dev")
    )
    assert run <= dev


@pytest.mark.parametrize("line", ["django", "django>=5", "-e .", "https://a.example/x.whl"])
def test_a_line_that_pins_nothing_is_refused(tmp_path, line):
    file = tmp_path / "requirements.txt"
    file.write_text(f"{line} \\\n    --hash=sha256:{'a' * 64}\n")
    with pytest.raises(NotAPin):
        read_pins(file)


def test_a_condition_is_seen(tmp_path):
    file = tmp_path / "requirements.txt"
    file.write_text(
        f"colorama==0.4 ; os_name == 'none' \\\n    --hash=sha256:{'a' * 64}\n# via x\n"
    )
    assert read_pins(file) == [Pin("colorama", "0.4", frozenset({"a" * 64}), here=False)]


def test_a_published_pin_is_fine(says):
    assert says(("some_name-1.0.tar.gz", "a", ""), ("some_name-0.9.tar.gz", "b", "")) == []


def test_a_yanked_pin_is_told(says):
    [finding] = says(("some_name-1.0.tar.gz", "a", 'data-yanked="broken"'))
    assert finding.startswith("some-name 1.0 was yanked")


def test_one_yanked_file_of_several_is_no_finding(says):
    wheel = ("some_name-1.0-py3-none-any.whl", "b", "data-yanked")
    assert says(("some_name-1.0.tar.gz", "a", ""), wheel) == []


def test_other_hashes_are_told(says):
    [finding] = says(("some_name-1.0.tar.gz", "c", ""))
    assert "other hashes" in finding


def test_a_version_that_is_gone_is_told(says):
    [finding] = says(("some_name-1.1.tar.gz", "a", ""), ("whatever.exe", "a", ""))
    assert "no longer published" in finding


def test_an_index_that_is_away_is_an_error_of_the_door(settings, fresh_door):
    fresh_door()
    with pytest.raises(DoorError):
        published.findings(OURS, door(), "http://127.0.0.1:1/simple/")


def test_the_whole_says_what_it_could_not_check(monkeypatch, capsys):
    monkeypatch.setattr(audit, "_published", lambda pins: [])
    monkeypatch.setattr(installed, "conflicts", list)
    monkeypatch.setattr(installed, "differences", lambda pins: [])
    assert audit.main(["django", "requests"]) == 0
    printed = capsys.readouterr().out
    assert "2 pinned dependencies" in printed
    assert "BSD" in printed
    assert "Not checked: known vulnerabilities" in printed


def test_what_is_installed_differently_is_told():
    [told] = installed.differences([Pin("django", "1.0", frozenset())])
    assert told.endswith("pinned as 1.0")
    assert installed.differences([Pin("no-such", "1.0", frozenset(), here=False)]) == []
