"""Roundtable: effects."""
