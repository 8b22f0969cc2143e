"""Passages that documents share, what changed in them, and where a text was drawn from."""
