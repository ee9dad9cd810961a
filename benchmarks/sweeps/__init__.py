"""What a sweep costs and what it bears, each a line of figures.

    python -m benchmarks.sweeps [cold warm growth faults fairness reruns chaos] [--packages 27000]

Real workers check a world on loopback (`benchmarks.world`); each run has a process, a world and a
scratch database of its own, and ends after `--seconds` at the latest, complete or not.
"""
