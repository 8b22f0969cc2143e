"""From files to documents, clauses and paragraphs."""
