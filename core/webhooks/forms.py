from __future__ import annotations

from typing import Any

from django import forms

from core.webhooks import events


class WebhookForm(forms.Form):
    """A new webhook: where to tell, and what of."""

    name = forms.CharField(max_length=100, label="What it is for")
    url = forms.CharField(max_length=1000, label="Address")
    events = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, label="Tell it when")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["events"]
        field.choices = [(each.name, each.title) for each in events.kinds()]
