"""Admission criteria: what is known of somebody, how a condition is met, and what follows (ALV-01 to SH-07)."""
