"""What a large site consists of, in the proportions of conda-forge."""

from __future__ import annotations

SLICE = 500
WORDS = ["py", "lib", "r", "perl", "data", "json", "fast", "geo", "num", "web", "test", "core"]
SOURCES = ["pypi", "github", "cran", "npm", "gitlab"]
# In the proportions of conda-forge; the rest is spread over many hosts.
LANES = {"index": 57, "github.com": 21, "cran": 14, "": 8}
HOSTS = 340
FAILURES = ["http.timeout", "http.server_error", "versions.project_not_found", "versions.no_sdist"]
FAILURES += ["versions.all_rejected", "versions.no_source"]
SWEEPS_A_DAY, DAYS = 60, 365
DETAILED = 30 * SWEEPS_A_DAY  # sweeps whose figures by lane and host are still kept
