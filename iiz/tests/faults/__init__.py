"""Faults, made on purpose to real processes: worker, scheduler, broker and mail server."""
