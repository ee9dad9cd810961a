from __future__ import annotations

from datetime import datetime, timedelta

from django import forms
from django.utils import timezone

from core.people.tokens import Scope

DAYS = ((30, "30 days"), (90, "90 days"), (365, "a year"), (0, "never ends"))


class TokenForm(forms.Form):
    """A new token: what it is for, what it may do, and for how long."""

    name = forms.CharField(max_length=100, label="What it is for")
    scopes = forms.MultipleChoiceField(
        choices=[(scope.value, scope.words) for scope in Scope],
        widget=forms.CheckboxSelectMultiple,
        label="It may",
    )
    days = forms.TypedChoiceField(choices=DAYS, coerce=int, initial=90, label="Until it ends")

    @property
    def scopes_chosen(self) -> list[Scope]:
        return [Scope(value) for value in self.cleaned_data["scopes"]]

    def clean_days(self) -> datetime | None:
        """The moment at which it ends."""
        days: int = self.cleaned_data["days"]
        return timezone.now() + timedelta(days=days) if days else None
