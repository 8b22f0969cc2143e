"""Files as they come, to raw text and metadata."""
