"""A site where everything that strangers may write is an attempt to run a script."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from core.models import Delivery, HostState, Job, Measurement, Profile, Webhook
from core.outcomes import Outcome
from core.people import tokens
from core.people.tokens import Scope
from graph.models import Feedstock, TheirAnswer
from pulls.acts import rejections
from pulls.models import Account, Attempt, PullRequest
from tests.factories import (
    make_answered,
    make_candidate,
    make_change,
    make_channel,
    make_dependency,
    make_graph_build,
    make_heartbeat,
    make_job,
    make_outdated,
    make_reading,
    make_sweep,
)
from versions import decisions
from versions.models import Package
from versions.planning.pauses import pause_lanes

SCRIPT = "<script>alert(1)</script>"
QUOTED = '"><img src=x onerror=alert(1)>'
LINK = "javascript:alert(1)"
NAME = f"evil{SCRIPT}"
KEY = f"sample/{NAME}"
OUTCOME = Outcome(f"x.{SCRIPT}"[:64], SCRIPT, QUOTED, file=SCRIPT, line=1).as_dict()


def make_hostile_package() -> tuple[Feedstock, Package]:
    feedstock = make_outdated(
        NAME,
        QUOTED,
        version=SCRIPT,
        outcome_code="recipe.bad",
        outcome=OUTCOME,
        forge_url=LINK,
        recipe_file=SCRIPT,
        new_version_source=QUOTED,
    )
    feedstock.maintainers.create(handle=SCRIPT)
    feedstock.outputs.create(name=QUOTED)
    make_reading(feedstock, f"{SCRIPT}\n{QUOTED}\n")
    make_dependency(feedstock, None, SCRIPT)
    package = make_answered(
        NAME,
        QUOTED,
        current_version=SCRIPT,
        latest_url=LINK,
        latest_source=SCRIPT,
        failures=20,
        next_check_at=timezone.now(),
        outcome_code="http.bad",
        outcome=OUTCOME,
        urls=[{"rendered": LINK, "template": SCRIPT}, {"rendered": "http://[bad", "template": ""}],
        lane=SCRIPT,
    )
    make_candidate(package, SCRIPT, url=LINK, sentence=QUOTED, tag=SCRIPT)
    make_change(package, QUOTED, from_version=SCRIPT)
    return feedstock, package


def make_hostile_work() -> Job:
    """Jobs (that one runs), sweeps (1 runs), measurements, a paused lane."""
    running = make_job("pipeline.check", KEY, note=SCRIPT, state="running", total=3)
    make_job(SCRIPT, QUOTED, state="failed", outcome=OUTCOME, result={SCRIPT: [QUOTED]})
    figures = {"requests": 3, "failures": 1, "seconds": 2.0}
    for pk in (1, 2, 3):
        make_sweep(
            pk=pk,
            lanes={SCRIPT: {"due": 9}},
            hosts={QUOTED: figures},
            outcomes={SCRIPT: 4},
            finished_at=timezone.now() if pk > 1 else None,
        )
    for minutes in (0, 10):
        Measurement.objects.create(
            taken_at=timezone.now() - timedelta(minutes=minutes),
            figures={
                f"versions.failing.{SCRIPT}": 3,
                "graph.outdated": 2 + minutes,
                "graph.compared.theirs_newer": 1 + minutes,
            },
        )
    pause_lanes(SCRIPT, by=None, reason=QUOTED)
    return running


def make_hostile_neighbours(feedstock: Feedstock) -> None:
    """A dependent, in a cycle with it."""
    other = make_outdated(QUOTED, "2.0")
    make_dependency(other, feedstock)
    make_dependency(feedstock, other)
    Feedstock.objects.update(in_cycle=True, dependents_count=1, direct_dependents_count=1)
    make_graph_build(cycles=[[feedstock.key, other.key]], ambiguous={SCRIPT: [QUOTED]})


def make_hostile_host() -> HostState:
    now = timezone.now()
    return HostState.objects.create(
        origin=f"https://{SCRIPT}",
        in_flight=8,
        rate=20,
        circuit="open",
        failures=9,
        blocked_until=now + timedelta(minutes=9),
        reason=QUOTED,
        last_error=SCRIPT,
        last_error_at=now,
    )


def make_hostile_webhook(owner: User) -> Webhook:
    hook = Webhook.objects.create(name=SCRIPT, url=LINK, salt="s", created_by=owner)
    Delivery.objects.create(
        webhook=hook,
        number="12345678123456781234567812345678",
        event=SCRIPT,
        subject=QUOTED,
        body=SCRIPT,
        state="failed",
        outcome=OUTCOME,
    )
    return hook


def make_hostile_profile() -> Profile:
    function = {"name": SCRIPT, "file": QUOTED, "line": 1, "calls": 1, "own_s": 1, "total_s": 1}
    return Profile.objects.create(
        target="sweep:1",
        kind=SCRIPT,
        seconds=1,
        cpu_s=1,
        peak_mb=1,
        functions=[function],
        stats=b"",
    )


def make_hostile_proposal(feedstock: Feedstock) -> PullRequest:
    """As refused; as a dead letter; in line; as open, with all that people did."""
    now = timezone.now()
    Attempt.objects.create(
        feedstock=feedstock,
        version=feedstock.new_version,
        base_hash=SCRIPT,
        number=8,
        finished_at=timezone.now(),
        outcome_code="pulls.bad_version",
        outcome=OUTCOME,
    )
    rejections.reject(feedstock, "3", by=None, reason=SCRIPT)
    columns = {"title": QUOTED, "branch": QUOTED, "diff": SCRIPT, "outcome": OUTCOME}
    PullRequest.objects.create(
        feedstock=feedstock, version="1", tries=8, outcome_code="pulls.x", **columns
    )
    PullRequest.objects.create(feedstock=feedstock, version="2", act_at=now, **columns)
    waits = {"blocked_until": now + timedelta(hours=1), "reason": SCRIPT}
    Account.objects.create(name=f"github {QUOTED}", minute=1, hour=1, **waits)
    pull = PullRequest.objects.create(
        feedstock=feedstock,
        version="3",
        old_version=SCRIPT,
        branch=SCRIPT,
        title=SCRIPT,
        body=f"{SCRIPT}\n\n![x](//evil.example/x) <b onclick='alert(1)'>b</b> [l]({LINK})\n",
        diff=f"--- a/{SCRIPT}\n+++ b/{SCRIPT}\n@@ -1 +1 @@\n-{SCRIPT}\n+{QUOTED}\n",
        edits=[{"line": 1, "before": SCRIPT, "after": QUOTED, "why": SCRIPT}],
        base_hash=SCRIPT,
        state="closed",
        on_forge="open",
        repository=QUOTED,
        head_repository=SCRIPT,
        url=LINK,
        number=1,
        labels=[SCRIPT, QUOTED],
        opened_at=now,
        mergeable=False,
        outcome_code="pulls.x",
        outcome=OUTCOME,
    )
    pull.heard.create(wish_id=SCRIPT, wish="rerun", by=SCRIPT, at=now)
    return pull


def make_hostile_comparison(feedstock: Feedstock) -> None:
    """Another bot's answer, compared, with a trend."""
    make_channel("beside", kind="cf-graph", spec=f"cf-graph:/{SCRIPT}", last_read_at=timezone.now())
    TheirAnswer.objects.create(
        feedstock=feedstock,
        version=SCRIPT,
        error=QUOTED,
        update_error=SCRIPT,
        our_version=QUOTED,
        kind="theirs_newer",
        rule=SCRIPT,
        reason=QUOTED,
    )


def make_hostile_site(owner: User) -> dict[str, object]:
    """All of the above; what the parts of its addresses are called, and their values."""
    make_heartbeat()
    feedstock, package = make_hostile_package()
    make_hostile_neighbours(feedstock)
    make_hostile_comparison(feedstock)
    job = make_hostile_work()
    make_hostile_host()
    make_hostile_profile()
    decisions.hide(package, by=owner, version=SCRIPT, reason=QUOTED)
    tokens.issue(owner, SCRIPT, [Scope.CHECK])
    return {
        "key": KEY,
        "name": KEY,
        "code": "recipe.bad",
        "handle": SCRIPT.lower(),
        "sweep_id": 1,
        "job_id": job.pk,
        "pull_id": make_hostile_proposal(feedstock).pk,
        "webhook_id": make_hostile_webhook(owner).pk,
    }
