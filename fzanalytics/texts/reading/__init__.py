"""One file as it comes, to raw text and what the file says of it."""
