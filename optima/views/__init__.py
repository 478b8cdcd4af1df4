"""Pages of Optima beside the shared ones of a case."""
