"""`make bench-lambda`."""
