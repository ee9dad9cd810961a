"""What a line of the log says, and what it never does."""

from __future__ import annotations

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import pytest
from django.conf import settings as configured
from django.utils.module_loading import import_string

from core import logs
from core.http.credentials import read_credentials
from core.jobs import enqueue, schedules
from core.jobs.run import run
from core.logs import HIDDEN, bound, conceal, masked

SECRET = 'kept "to" itself/é'


def formatter(name: str) -> logging.Formatter:
    """As the settings have it."""
    options = dict(configured.LOGGING["formatters"][name])
    made = import_string(options.pop("()"))
    if "format" in options:
        options["fmt"] = options.pop("format")
    return made(**options)


def written(name: str, message: str, *values: object, error: Exception | None = None) -> str:
    caught = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("core.jobs", logging.WARNING, "f", 1, message, values, caught)
    return formatter(name).format(record)


@pytest.fixture
def secret():
    known = list(logs._secrets)
    conceal([SECRET])
    yield SECRET
    logs._secrets[:] = known


def test_a_line_says_what_it_is_about():
    with bound(job=17), bound(package="main/numpy"):
        line = written("line", "went %s", "wrong")
    assert line.endswith("WARNING core.jobs: went wrong [job=17 package=main/numpy]")


def test_a_line_about_nothing_has_no_brackets():
    assert written("line", "went wrong").endswith("core.jobs: went wrong")


def test_a_line_of_json():
    with bound(job=17, package="main/numpy"):
        document = json.loads(written("json", "went %s", "wrong"))
    assert document.pop("timestamp")
    assert document == {
        "level": "WARNING",
        "logger": "core.jobs",
        "message": "went wrong",
        "job": "17",
        "package": "main/numpy",
    }


def test_a_traceback_stays_on_one_line_of_json():
    try:
        raise ValueError("bad")
    except ValueError as error:
        line = written("json", "failed", error=error)
    assert "\n" not in line
    assert "ValueError: bad" in json.loads(line)["exc_info"]


def test_a_thread_takes_along_what_its_work_is_about():
    with bound(job=17), ThreadPoolExecutor(1) as pool:
        line = pool.submit(copy_context().run, written, "line", "hello").result()
    assert line.endswith("[job=17]")


@pytest.mark.django_db
def test_lines_of_a_job_and_of_a_schedule_name_it(monkeypatch):
    lines = []

    class Kept(logging.Handler):
        def emit(self, record):
            lines.append(self.format(record))

    handler = Kept()
    handler.setFormatter(formatter("line"))
    logger = logging.getLogger("core.jobs")
    logger.addHandler(handler)
    try:
        job = enqueue("core.ping")
        run(job.pk)
        bad = schedules.Declared("core.tidy", 1, "", lambda: enqueue("nothing"))
        monkeypatch.setitem(schedules._declared, "core.tidy", bad)
        with pytest.raises(KeyError):
            schedules.fire("core.tidy")
    finally:
        logger.removeHandler(handler)
    assert lines[0].endswith(f"[job={job.pk} kind=core.ping]")
    assert "[schedule=core.tidy]" in lines[-1]


# Secrets


@pytest.mark.parametrize("name", ["line", "json"])
def test_a_secret_in_a_message_is_hidden(secret, name):
    line = written(name, "token %s refused", secret)
    assert "kept" not in line
    assert HIDDEN in line


@pytest.mark.parametrize("name", ["line", "json"])
def test_a_secret_in_a_traceback_is_hidden(secret, name):
    try:
        raise ValueError({"token": secret})
    except ValueError as error:
        line = written(name, "failed", error=error)
    assert "kept" not in line
    assert "ValueError" in line


def test_a_secret_is_hidden_in_a_url(secret):
    assert masked("https://host/?token=kept%20%22to%22%20itself%2F%C3%A9") == (
        f"https://host/?token={HIDDEN}"
    )


def test_of_a_url_its_password_is_the_secret():
    known = list(logs._secrets)
    conceal(["postgres://bot:s3cr%2Fet-word@db.example.org/site"])
    try:
        assert masked("password s3cr/et-word at db.example.org") == (
            f"password {HIDDEN} at db.example.org"
        )
    finally:
        logs._secrets[:] = known


def test_what_is_too_short_to_be_a_secret_is_left():
    conceal(["a", ""])
    assert masked("a cat") == "a cat"


@pytest.mark.parametrize(
    "token",
    [
        "ghp_" + "a1B2" * 9,
        "ghs_" + "a1B2" * 9,
        "github_pat_" + "a1_B2" * 8,
        "botsite_" + "a-_1" * 11,
        "user:hunter22",
    ],
)
def test_what_looks_like_a_secret_is_hidden(token):
    line = f"https://{token}@github.com/a" if ":" in token else f"token {token}, refused"
    assert token not in masked(line)


@pytest.mark.parametrize(
    "text",
    ["botsite_last_sweep_packages 12", "https://example.org/a:b@c", "at 12:30 to a@example.org"],
)
def test_what_only_resembles_one_is_left(text):
    assert masked(text) == text


def test_all_secrets_of_the_settings_are_hidden():
    assert configured.SECRET_KEY not in masked(f"key {configured.SECRET_KEY}")


def test_values_of_the_credentials_file_are_hidden(tmp_path):
    (tmp_path / "value").write_text("Bearer of-good-tidings")
    file = tmp_path / "credentials.json"
    entry = {"header": "Authorization", "value_file": "value"}
    file.write_text(json.dumps({"https://files.example.org": entry}))
    read_credentials(file)
    assert masked("sent Bearer of-good-tidings") == f"sent {HIDDEN}"


def test_a_look_up_is_bound_to_its_package(monkeypatch):
    from versions.shifts import looking

    said = []
    monkeypatch.setattr(looking, "look_up", lambda *given: said.append(written("line", "here")))

    class Subject:
        key = "main/numpy"

    looking.look(Subject(), None, None)
    assert said[0].endswith("[package=main/numpy]")
