"""How another bot's answers compare with ours, by conda's order of versions.

The only writer of the comparison columns of `TheirAnswer`. All rows are compared every few minutes,
changed ones are written; so pages only count and list, and a wrong kind never sticks.

The kind, the first that holds:

- waiting: we never looked this feedstock up;
- failing here, there, on both sides: the last look upstream failed, or we can't read the recipe;
- none on either side, only ours, only theirs: which side knows a version;
- not comparable: conda can't order the two;
- same, ours newer, theirs newer. Of theirs, `-` counts as `.`, as their bot itself has it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from core import statements
from graph.comparison.leads import Leads
from graph.comparison.models import Kind, TheirAnswer
from graph.comparison.reasons import Reasons
from graph.models import Feedstock
from graph.readback import NOTHING_TO_COMPARE
from graph.slices import slices
from versions.choosing.schemes import parse

COMPARED = ("our_version", "kind", "rule", "reason", "lead", "kind_since")
READ = (
    "key",
    "new_version",
    "new_version_source",
    "released_at",
    "outcome",
    "outcome_code",
    "version_outcome_code",
)


def compare_all() -> int:
    """Compare all answers of others with ours, as both are now. Returns how many rows changed."""
    ids = list(TheirAnswer.objects.order_by("pk").values_list("pk", flat=True))
    return sum(_compare_slice(part) for part in slices(ids))


def _compare_slice(ids: Iterable[int]) -> int:
    rows = TheirAnswer.objects.filter(pk__in=ids).select_related("feedstock")
    answers = list(rows.only("pk", *_all_columns(), *(f"feedstock__{name}" for name in READ)))
    kinds = {answer: kind_of(answer.feedstock, answer) for answer in answers}
    reasons, leads = Reasons(kinds), Leads(kinds)
    wanted = [(each, *_values(each, kind, reasons, leads)) for each, kind in kinds.items()]
    changed = [
        (*values, timezone.now() if each.kind != values[1] else each.kind_since, each.pk)
        for each, *values in wanted
        if tuple(values) != _now(each)
    ]
    return statements.update(TheirAnswer, COMPARED, changed) if changed else 0


def _all_columns() -> list[str]:
    return [field.name for field in TheirAnswer._meta.concrete_fields if not field.is_relation]


def _values(answer: TheirAnswer, kind: Kind, reasons: Reasons, leads: Leads) -> tuple[Any, ...]:
    """In the order of COMPARED, without the last."""
    reason, ours = reasons.of(answer, kind), answer.feedstock.new_version
    return ours, kind.value, reason.rule[:64], reason.sentence[:500], leads.of(answer, kind)


def _now(answer: TheirAnswer) -> tuple[Any, ...]:
    return answer.our_version, answer.kind, answer.rule, answer.reason, answer.lead


def kind_of(feedstock: Feedstock, theirs: TheirAnswer) -> Kind:
    if not is_unreadable(feedstock) and not feedstock.version_outcome_code:
        return Kind.WAITING
    if failing := _failing(is_failing(feedstock), bool(theirs.error)):
        return failing
    if feedstock.new_version and theirs.version:
        return order_of(feedstock.new_version, theirs.version)
    if feedstock.new_version:
        return Kind.ONLY_OURS
    return Kind.ONLY_THEIRS if theirs.version else Kind.NEITHER


def is_unreadable(feedstock: Feedstock) -> bool:
    return feedstock.outcome_code not in ("ok", "")


def is_failing(feedstock: Feedstock) -> bool:
    code = feedstock.version_outcome_code
    return is_unreadable(feedstock) or (code != "ok" and code not in NOTHING_TO_COMPARE)


def _failing(ours: bool, theirs: bool) -> Kind | None:
    if ours:
        return Kind.FAILING_BOTH if theirs else Kind.FAILING_OURS
    return Kind.FAILING_THEIRS if theirs else None


def order_of(ours: str, theirs: str) -> Kind:
    if ours == theirs:
        return Kind.SAME
    mine, other = parse(ours), parse(theirs.replace("-", "."))
    if mine is None or other is None:
        return Kind.UNORDERED
    if mine == other:
        return Kind.SAME
    return Kind.OURS_NEWER if mine > other else Kind.THEIRS_NEWER
