"""Who holds what of whom, and how: coverage, kinds of copying, novelty, strength, flows, succession, citations."""
