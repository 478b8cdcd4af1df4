"""Pages of the shared part, one noun a file."""
