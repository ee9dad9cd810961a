"""People's decisions as a file: to read, to keep under version control, to carry elsewhere.

Which decisions there are, the apps declare that obey them, in their `decision_kinds.py`.
"""

from __future__ import annotations

from core.decisions.importing import Change, apply, plan
from core.decisions.kinds import Entry, in_force
from core.decisions.reading import read
from core.decisions.writing import write

__all__ = ["Change", "Entry", "apply", "in_force", "plan", "read", "write"]
