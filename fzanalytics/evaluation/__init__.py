"""Planted truth and gold: how well the package finds what is there."""
