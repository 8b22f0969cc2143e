"""Raw text to clean text, with a log that can be replayed."""
