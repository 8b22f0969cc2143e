"""Topic models of documents, clauses and passages."""
