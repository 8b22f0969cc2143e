"""One function for each figure of words: topics and vocabulary."""
