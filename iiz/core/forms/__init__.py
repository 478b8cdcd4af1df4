"""Forms of the shared part."""
