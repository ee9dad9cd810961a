"""The queue carries pickles. Only who knows the site's secret can make one that is opened."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from django.contrib import admin
from django.core import signing
from django_q.models import OrmQ
from django_q.signing import BadSignature, PickleSerializer, SignedPackage

from core.jobs import enqueue
from core.signed_cache import SignedPickles


class Trap:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


@pytest.fixture
def trap(tmp_path: Path) -> Trap:
    return Trap(tmp_path / "sprung")


def test_the_trap_works(trap):
    pickle.loads(pickle.dumps(trap))  # noqa: S301 - that is the point
    assert trap.path.exists()


def test_a_message_signed_with_another_secret_is_not_opened(trap):
    forged = signing.dumps(
        trap, key="another secret", salt="default", serializer=PickleSerializer, compress=False
    )
    with pytest.raises(BadSignature):
        SignedPackage.loads(forged)
    assert not trap.path.exists()


def test_a_message_that_was_changed_is_not_opened(trap):
    value, _, signature = SignedPackage.dumps({"func": "core.jobs.run.run"}).rpartition(":")
    other = SignedPackage.dumps(trap).partition(":")[0]
    with pytest.raises(BadSignature):
        SignedPackage.loads(f"{other}:{value.partition(':')[2]}:{signature}")
    assert not trap.path.exists()


def test_what_the_cache_signs_is_no_message(trap):
    kept = SignedPickles().dumps(trap)
    with pytest.raises(BadSignature):
        SignedPackage.loads(kept.decode("latin-1"))
    assert not trap.path.exists()


@pytest.mark.django_db
def test_a_message_tells_the_number_of_a_job_and_nothing_else(settings):
    settings.REDIS_URL = ""
    job = enqueue("core.ping", payload={"said": "something private"})
    message = SignedPackage.loads(OrmQ.objects.get().payload)
    assert (message["func"], message["args"], message["kwargs"]) == (
        "core.jobs.run.run",
        (job.pk,),
        {},
    )


def test_nobody_writes_schedules_by_hand():
    assert not [model for model in admin.site._registry if model._meta.app_label == "django_q"]
