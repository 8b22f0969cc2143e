"""One function for each figure."""
