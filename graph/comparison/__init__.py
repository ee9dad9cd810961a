"""Beside another bot: its answers, taken from its data, compared with our own."""
