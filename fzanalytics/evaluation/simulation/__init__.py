"""Simulated diffusion with known truth, and the power of a design."""
