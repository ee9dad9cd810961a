"""Background work that people can watch: job kinds, one `enqueue()`, schedules, recovery."""

from __future__ import annotations

from core.jobs.enqueue import cancel, enqueue
from core.jobs.registry import job_kind
from core.jobs.run import JobCancelled, Running
from core.jobs.schedules import every

__all__ = ["JobCancelled", "Running", "cancel", "enqueue", "every", "job_kind"]
