"""From a folder or a table to rows of documents: what a text says of itself, what its user says, what is doubtful."""
