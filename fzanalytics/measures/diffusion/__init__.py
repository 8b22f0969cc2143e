"""Who holds what of whom, and when: coverage, attribution, time."""
