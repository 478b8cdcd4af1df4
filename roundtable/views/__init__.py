"""Roundtable: views."""
