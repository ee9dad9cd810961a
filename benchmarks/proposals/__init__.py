"""500 outdated feedstocks on a GitHub of our own, while their workers are killed.

    python -m benchmarks.proposals [--feedstocks 500] [--kills 10] [--seed 1]

Real workers edit the recipes and open pull requests, people merge each a moment later and a webhook
tells of it; meanwhile workers are killed with -9. In the end the forge, a process of its own, says
what it saw by its own clock: one pull request for each feedstock, none before what it is built with
was merged, and in no minute and no hour more changing requests than the settings allow. Prints
figures; exit code 1 if one of these promises broke.

So that it ends within minutes, the budget is larger than github.com's would be (and still less than
the workers could do), leases are short, what comes each minute comes each few seconds, and so do
the quarters of an hour after which a proposal that was held back is asked about again.

Works in a scratch folder with SQLite, or in the empty database of BENCHMARK_DATABASE_URL; the queue
is in REDIS_URL if that is set.
"""
