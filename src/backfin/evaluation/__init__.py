"""How right the facts are: truth, scores, comparison of two readings, and the report of it."""
