"""Clean text to mentions: deadlines, agencies, citations, places, quantities."""
