from __future__ import annotations

import pstats
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from core import profiles
from core.jobs import enqueue
from core.jobs.run import run
from core.models import Override, Profile
from core.profiling import Findings, profiled


def busy(rounds: int = 20_000) -> int:
    return sum(number * number for number in range(rounds))


def taken(work) -> Findings:
    found: list[Findings] = []
    with profiled(found.append):
        work()
    return found[0]


def names(found: Findings) -> list[str]:
    return [each.name for each in found.functions]


def test_it_finds_the_costly_functions_and_the_peak_of_memory():
    found = taken(busy)
    costly = next(each for each in found.functions if each.name == "busy")
    assert costly.file == "tests/core/test_profiling.py"
    assert costly.calls == 1
    assert 0 < costly.total_s <= found.cpu_s + 0.1
    assert found.peak_mb > 5
    assert "busy tests/core/test_profiling.py:" in found.report()


def test_the_peak_is_that_of_the_block():
    most = taken(lambda: len(b"x" * 150_000_000)).peak_mb
    assert most - taken(busy).peak_mb > 100


def test_work_in_threads_counts():
    def work() -> None:
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(busy, [5000] * 6))

    found = taken(work)
    assert next(each for each in found.functions if each.name == "busy").calls == 6


def test_a_thread_that_still_runs_does_no_harm():
    leave = threading.Event()
    thread = threading.Thread(target=lambda: busy() and leave.wait(10))
    found = taken(thread.start)
    leave.set()
    thread.join()
    assert found.seconds < 10
    assert "busy" not in names(taken(lambda: None))


def test_it_is_a_decorator_too_and_reports_a_failure():
    found: list[Findings] = []

    @profiled(found.append)
    def work() -> None:
        busy()
        raise KeyError

    with pytest.raises(KeyError):
        work()
    assert "busy" in names(found[0])


def test_none_does_nothing():
    with profiled(None):
        assert busy() > 0


def test_pstats_reads_the_file(db, tmp_path):
    row = profiles.keep("sweep:4", "sweep", taken(busy))
    file = tmp_path / "sweep.pstats"
    file.write_bytes(profiles.stats_of(Profile.objects.get(pk=row.pk)))
    read = pstats.Stats(str(file))
    assert any(name == "busy" for _, _, name in read.stats)


def test_only_the_latest_are_kept(db, monkeypatch):
    monkeypatch.setattr(profiles, "KEPT", 3)
    for number in range(5):
        profiles.keep(f"job:{number}", "core.ping", taken(lambda: None))
    assert list(Profile.objects.order_by("pk").values_list("target", flat=True)) == [
        "job:2",
        "job:3",
        "job:4",
    ]


def test_the_next_job_of_a_kind_is_profiled_and_the_one_after_it_is_not(db, django_user_model):
    user = django_user_model.objects.create_user("carol")
    assert profiles.ask("core.ping", by=user)
    assert not profiles.ask("core.ping", by=user)
    first, second = enqueue("core.ping", "one"), enqueue("core.ping", "two")
    run(first.pk)
    run(second.pk)
    assert [each.target for each in Profile.objects.all()] == [f"job:{first.pk}"]
    assert profiles.of(f"job:{first.pk}")[0].functions
    decided = Override.objects.get()
    assert (decided.author_name, decided.ended_at is not None) == ("carol", True)
