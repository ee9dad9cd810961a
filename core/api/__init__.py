"""What the JSON interfaces of all apps share: sign-in, errors as outcomes, pages, validators."""

from __future__ import annotations
