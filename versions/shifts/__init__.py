"""Checking packages: one process works on all lanes at once for a while. See `shift`."""
