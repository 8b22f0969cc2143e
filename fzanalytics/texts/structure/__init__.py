"""Clean text to parts, clauses and paragraphs."""
