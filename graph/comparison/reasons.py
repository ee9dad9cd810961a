"""Why two bots differ, in a rule that can be counted and a sentence for people.

A rule is the name of one of `versions.choosing.rules` where we saw their version and did not take
it, the code of an outcome where we could not look, or one of those declared here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count

from core import outcomes
from graph.comparison.models import Kind, TheirAnswer
from graph.showing.facets import Choice
from versions.choosing.schemes import same_version
from versions.models import Candidate, Package

# Rules of comparison: what they are called where rows are filtered by them.
TITLES = {
    "not_seen": "not listed by our source",
    "they_are_behind": "they have not found it",
    "they_have_none": "they know no version",
    "their_error": "their look-up fails",
}


@dataclass(frozen=True, slots=True)
class Reason:
    rule: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """On one candidate of ours."""

    version: str
    tag: str
    reason: Reason


NONE = Reason()
# Where our verdict on their version tells why.
_THEIR_VERSION_TELLS = frozenset({Kind.THEIRS_NEWER, Kind.ONLY_THEIRS, Kind.UNORDERED})
_OUR_OUTCOME_TELLS = frozenset({Kind.FAILING_OURS, Kind.FAILING_BOTH, Kind.ONLY_THEIRS})


def title(rule: str) -> str:
    """What a rule is called."""
    if rule in TITLES:
        return TITLES[rule]
    return outcomes.kind(rule).title if "." in rule else rule.replace("_", " ")


def choices() -> list[Choice]:
    """The rules that occur, the most frequent first."""
    rows = TheirAnswer.objects.exclude(rule="").order_by().values_list("rule")
    counted = rows.annotate(count=Count("pk")).order_by("-count", "rule")
    return [Choice(rule, title(rule), count) for rule, count in counted]


class Reasons:
    """Of these answers, with what was asked of the database for all of them at once."""

    def __init__(self, kinds: Mapping[TheirAnswer, Kind]) -> None:
        self._verdicts = _verdicts(_keys(kinds, _THEIR_VERSION_TELLS))
        self._messages = _messages(_keys(kinds, _OUR_OUTCOME_TELLS))
        self._by_kind: dict[Kind, Callable[[TheirAnswer], Reason]] = {
            Kind.FAILING_OURS: self._our_outcome,
            Kind.FAILING_BOTH: self._our_outcome,
            Kind.FAILING_THEIRS: _their_error,
            Kind.THEIRS_NEWER: self._their_version,
            Kind.UNORDERED: self._their_version,
            Kind.ONLY_THEIRS: self._only_theirs,
            Kind.OURS_NEWER: _they_are_behind,
            Kind.ONLY_OURS: _they_have_none,
        }

    def of(self, answer: TheirAnswer, kind: Kind) -> Reason:
        tells = self._by_kind.get(kind)
        return tells(answer) if tells else NONE

    def _our_outcome(self, answer: TheirAnswer) -> Reason:
        """The recipe's, if it can't be read; else that of the last look upstream."""
        feedstock = answer.feedstock
        if feedstock.outcome_code not in ("ok", ""):
            return Reason(feedstock.outcome_code, str(feedstock.outcome.get("message", "")))
        message = self._messages.get(feedstock.key, "")
        return Reason(feedstock.version_outcome_code, message)

    def _their_version(self, answer: TheirAnswer) -> Reason:
        seen = self._verdicts.get(answer.feedstock.key, ())
        theirs = answer.version
        found = next((each for each in seen if _is(each, theirs)), None)
        return found.reason if found else _not_seen(answer)

    def _only_theirs(self, answer: TheirAnswer) -> Reason:
        reason = self._their_version(answer)
        ended_well = answer.feedstock.version_outcome_code == "ok"
        return reason if ended_well or reason.rule != "not_seen" else self._our_outcome(answer)


def _keys(kinds: Mapping[TheirAnswer, Kind], wanted: frozenset[Kind]) -> list[str]:
    return [answer.feedstock.key for answer, kind in kinds.items() if kind in wanted]


def _verdicts(keys: Iterable[str]) -> dict[str, list[Verdict]]:
    rows = Candidate.objects.filter(package__key__in=keys).order_by("position")
    columns = ("package__key", "version", "tag", "rule", "sentence")
    verdicts: dict[str, list[Verdict]] = {}
    for key, version, tag, rule, sentence in rows.values_list(*columns):
        verdicts.setdefault(key, []).append(Verdict(version, tag, Reason(rule, sentence)))
    return verdicts


def _messages(keys: Iterable[str]) -> dict[str, str]:
    rows = Package.objects.watched().filter(key__in=keys).values_list("key", "outcome")
    return {key: str(outcome.get("message", "")) for key, outcome in rows}


def _is(verdict: Verdict, version: str) -> bool:
    if version in (verdict.version, verdict.tag):
        return True
    return same_version(verdict.version, version.replace("-", "."))


def _not_seen(answer: TheirAnswer) -> Reason:
    source = answer.feedstock.new_version_source
    where = source if source else "What we asked"
    return Reason("not_seen", f"{where} does not list {answer.version}.")


def _they_are_behind(answer: TheirAnswer) -> Reason:
    return Reason("they_are_behind", f"{_found(answer)}; they are at {answer.version}.")


def _they_have_none(answer: TheirAnswer) -> Reason:
    return Reason("they_have_none", f"{_found(answer)}; they know none.")


def _found(answer: TheirAnswer) -> str:
    feedstock = answer.feedstock
    released = f", released {feedstock.released_at:%Y-%m-%d}" if feedstock.released_at else ""
    return f"{feedstock.new_version_source} lists {feedstock.new_version}{released}"


def _their_error(answer: TheirAnswer) -> Reason:
    return Reason("their_error", answer.error)
