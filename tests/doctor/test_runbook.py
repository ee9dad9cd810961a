"""docs/operations.md has an entry for whatever may wake somebody up."""

from __future__ import annotations

import re

import pytest
import yaml

from botsite import metric_names
from botsite.doctor import outcomes as doctor
from botsite.outcomes import SCHEDULE_FAILS, SILENT
from botsite.settings import BASE_DIR
from core.outcomes import OutcomeKind
from versions.outcomes import LANE_STANDS_STILL, NOTHING_IS_CHECKED

RUNBOOK = (BASE_DIR / "docs/operations.md").read_text()
ALARMS = (SILENT, SCHEDULE_FAILS, NOTHING_IS_CHECKED, LANE_STANDS_STILL)
FINDINGS = [each for each in vars(doctor).values() if isinstance(each, OutcomeKind)]
[RULES] = yaml.safe_load(re.search(r"```yaml\n(.*?)```", RUNBOOK, re.DOTALL)[1])["groups"]


@pytest.mark.parametrize("kind", ALARMS, ids=lambda kind: kind.code)
def test_each_alarm_has_its_entry(kind):
    assert f"\n### `{kind.code}`\n" in RUNBOOK


@pytest.mark.parametrize("kind", FINDINGS, ids=lambda kind: kind.code)
def test_each_finding_has_its_entry(kind):
    assert f"\n| `{kind.code}` |" in RUNBOOK


def test_nothing_else_has_an_entry():
    entries = re.findall(r"(?m)^(?:### |\| )`(doctor\.\w+)`", RUNBOOK)
    assert set(entries) == {kind.code for kind in FINDINGS}


@pytest.mark.parametrize("rule", RULES["rules"], ids=lambda rule: rule["alert"])
def test_rules_of_prometheus_name_metrics_that_there_are(rule):
    told = {metric.name for metric in metric_names.ALL}
    named = set(re.findall(r"botsite_\w+", rule["expr"]))
    assert named
    assert named <= told
    assert rule["annotations"]["summary"]


def test_outcomes_that_rules_send_to_are_there():
    sent_to = set(re.findall(r"see (\w+\.\w+)", str(RULES)))
    assert sent_to
    for code in sent_to:
        assert f"`{code}`" in RUNBOOK
