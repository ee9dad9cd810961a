from __future__ import annotations

from core.outcomes import Turn, declare

WORKER_LOST = declare(
    "jobs.worker_lost",
    title="Worker lost",
    sentence="The worker died {attempts} times while it ran this job.",
    next="See the worker's log for the cause (memory, a crash), then start the job again.",
    turn=Turn.BOT_TEAM,
)
TIMED_OUT = declare(
    "jobs.timed_out",
    title="Job took too long",
    sentence="The job ran into its time limit and was stopped.",
    next="Start it again; if it happens again, look at the slowest part in the log.",
    transient=True,
    turn=Turn.BOT_TEAM,
)
UNKNOWN_KIND = declare(
    "jobs.unknown_kind",
    title="Unknown kind of job",
    sentence="No installed app knows jobs of kind {kind}.",
    next="Start the workers with the same code and the same BOTSITE_APPS as the web process.",
    turn=Turn.BOT_TEAM,
)
