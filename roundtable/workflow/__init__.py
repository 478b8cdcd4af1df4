"""Roundtable: workflow."""
