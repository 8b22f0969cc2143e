"""Passages that documents share, what changed in them, and with which a text shares most."""
