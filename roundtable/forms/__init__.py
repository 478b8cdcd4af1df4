"""Roundtable: forms."""
