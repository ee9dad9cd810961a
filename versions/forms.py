"""What people may type when they correct the bot, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

import yaml
from django import forms
from django.utils import timezone

from versions.choosing.schemes import parse

MAX_SETTINGS = 20_000
MAX_VERSION = 64
MAX_DEPTH = 20
HEADING = "bot"


class ReasonForm(forms.Form):
    """A decision, with the reason for those who wonder later.

    `kind` is its name in `versions.decisions`, `title` and `hint` tell a person what it does,
    `done` what was done.
    """

    kind = title = hint = done = ""

    reason = forms.CharField(max_length=500, label="Reason")

    def said(self) -> str:
        return self.done.format(**self.cleaned_data)


class DecisionForm(ReasonForm):
    """A decision that may have an end."""

    until = forms.DateField(
        required=False, label="Until", widget=forms.DateInput(attrs={"type": "date"})
    )

    def clean_until(self) -> datetime | None:
        """The day begins at midnight UTC, and the decision ends then."""
        day: date | None = self.cleaned_data["until"]
        if day is None:
            return None
        moment = datetime.combine(day, time.min, UTC)
        if moment <= timezone.now():
            raise forms.ValidationError("Name a day to come.")
        return moment


class VersionForm(DecisionForm):
    version = forms.CharField(max_length=MAX_VERSION, label="Version")

    field_order = ("version", "reason", "until")

    def clean_version(self) -> str:
        version: str = self.cleaned_data["version"]
        if parse(version) is None:
            raise forms.ValidationError("This is not a version.")
        return version


class HideForm(VersionForm):
    kind, title = "hide", "Hide a version"
    hint = "It is passed over, as if upstream had not published it."
    done = "{version} is hidden."


class PinForm(VersionForm):
    kind, title = "pin", "Pin a version"
    hint = "It is taken, whatever the rules say of it, and no other is."
    done = "{version} is pinned."


class SkipForm(DecisionForm):
    kind, title = "skip", "Wait until a day"
    hint = "No update is proposed before it. Upstream is watched all the same."
    done = "No update is proposed before {until:%Y-%m-%d}."

    until = forms.DateField(label="Until", widget=forms.DateInput(attrs={"type": "date"}))

    field_order = ("until", "reason")


class SourceForm(DecisionForm):
    kind, title = "source", "Choose the source"
    hint = "It alone is asked, whatever the settings say."
    done = "Only {source} is asked."

    source = forms.ChoiceField(label="Source")

    field_order = ("source", "reason", "until")


class PauseForm(ReasonForm):
    kind, title = "pause", "Pause the checks"
    hint = "Upstream is asked no more, until somebody undoes it."
    done = "The checks are paused."


class ResetForm(ReasonForm):
    kind, title = "reset", "Forget the answer"
    hint = "Upstream is asked anew. The history and all decisions stay. This can't be undone."
    done = "The answer is forgotten, and looked for again."


FORMS: tuple[type[ReasonForm], ...] = (
    HideForm,
    PinForm,
    SkipForm,
    SourceForm,
    PauseForm,
    ResetForm,
)


def decision_forms(
    sources: Sequence[str], *, paused: bool, initial: dict[str, Any] | None = None
) -> list[ReasonForm]:
    """The forms that a package calls for; `sources` are those that can be asked for it."""
    useless = {"pause"} if paused else set()
    useless |= {"source"} if len(sources) < 2 else set()
    return [
        decision_form(form, sources, initial=initial) for form in FORMS if form.kind not in useless
    ]


def decision_form(
    form: type[ReasonForm],
    sources: Sequence[str],
    *,
    data: Mapping[str, str] | None = None,
    initial: dict[str, Any] | None = None,
) -> ReasonForm:
    made = form(data, initial=initial, auto_id=f"{form.kind}-%s")
    choice: Any = made.fields.get("source")
    if choice is not None:
        choice.choices = [(name, name) for name in sources]
    return made


class SettingsForm(forms.Form):
    """The `bot:` section of conda-forge.yml, as YAML, with or without that heading."""

    text = forms.CharField(
        max_length=MAX_SETTINGS,
        required=False,
        label="The bot: section",
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "autocomplete": "off"}),
    )

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        self.bot = read_settings(text)
        return text


def read_settings(text: str) -> dict[str, Any]:
    """The settings in a text. Raises ValidationError, which names the line."""
    try:
        _bounded(text)
        document = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"Line {mark.line + 1}" if mark else "The text"
        raise forms.ValidationError(f"{where} is no YAML: {error.problem}.") from error
    except (yaml.YAMLError, ValueError) as error:
        raise forms.ValidationError(f"The text is no YAML: {error}") from error
    section = document.get(HEADING, document) if isinstance(document, dict) else document
    if section is None:
        return {}
    if not isinstance(section, dict):
        raise forms.ValidationError("The settings must be a mapping, such as version_updates: ….")
    return {str(key): value for key, value in section.items()}


def _bounded(text: str) -> None:
    """Raises ValidationError for what is nested too deep, or repeats itself by aliases."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise forms.ValidationError(f"Write out what the alias *{event.anchor} stands for.")
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise forms.ValidationError(f"It is nested deeper than {MAX_DEPTH} levels.")


def write_settings(bot: dict[str, Any]) -> str:
    """Settings as the text to put into conda-forge.yml."""
    return str(yaml.safe_dump({HEADING: bot}, sort_keys=False, allow_unicode=True)) if bot else ""


def line_of(text: str, field: str) -> int:
    """The line, from 1, on which a field such as `bot.version_updates.skip` stands; else 0.

    Text that is no YAML has no lines to show.
    """
    try:
        _bounded(text)
        node: Any = yaml.compose(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, forms.ValidationError, ValueError):
        return 0
    keys, line = field.split("."), 0
    if node is not None and HEADING not in _children(node):
        keys = keys[1:]
    for key in keys:
        line, node = _children(node).get(key, (line, None))
    return line


def _children(node: yaml.Node | None) -> dict[str, tuple[int, Any]]:
    if not isinstance(node, yaml.MappingNode):
        return {}
    return {
        key.value: (key.start_mark.line + 1, value)
        for key, value in node.value
        if isinstance(key, yaml.ScalarNode)
    }
