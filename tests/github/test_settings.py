"""What the environment says about GitHub."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from botsite.settings import BASE_DIR

PRINT = """
import json
from botsite import settings
print(json.dumps([settings.GITHUB_API, settings.GITHUB_TOKEN,
                  settings.BOTSITE_HTTP["trusted_origins"]]))
"""


@pytest.fixture
def settings_with(tmp_path):
    def read(**names):
        environment = {"PATH": os.environ["PATH"], "BOTSITE_VAR_DIR": str(tmp_path), **names}
        return subprocess.run(
            [sys.executable, "-c", PRINT],
            cwd=BASE_DIR,
            env=environment,
            capture_output=True,
            text=True,
        )

    return read


def test_it_works(settings_with, tmp_path):
    (tmp_path / "token").write_text("swordfish\n")
    done = settings_with(BOTSITE_GITHUB_TOKEN_FILE=str(tmp_path / "token"))
    assert json.loads(done.stdout) == ["https://api.github.com", "swordfish", []]


def test_a_forge_that_is_named_may_be_at_any_address(settings_with):
    done = settings_with(
        BOTSITE_GITHUB_API="https://ghe.example.org:8443/api/v3/",
        BOTSITE_TRUSTED_ORIGINS="http://10.0.0.1",
    )
    api, _, trusted = json.loads(done.stdout)
    assert api == "https://ghe.example.org:8443/api/v3"
    assert trusted == ["http://10.0.0.1", "https://ghe.example.org:8443"]


def test_what_is_no_url_stops_everything(settings_with):
    done = settings_with(BOTSITE_GITHUB_API="ghe.example.org")
    assert done.returncode
    assert "BOTSITE_GITHUB_API must be a URL" in done.stderr


def test_an_author_that_git_would_not_take_stops_everything(settings_with):
    assert settings_with(BOTSITE_GIT_AUTHOR="Tick Bot <tick@example.org>").returncode == 0
    done = settings_with(BOTSITE_GIT_AUTHOR="tick@example.org")
    assert done.returncode
    assert "BOTSITE_GIT_AUTHOR must be like" in done.stderr
