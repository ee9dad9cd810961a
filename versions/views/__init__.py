"""The pages of the version service."""
