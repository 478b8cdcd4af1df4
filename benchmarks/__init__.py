"""Measured on demand, never asserted in the test suite: see README.md."""
