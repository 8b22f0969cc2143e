"""Clean text to parts, clauses and paragraphs, and the lines that tell when it was passed or given."""
