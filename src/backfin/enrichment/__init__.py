"""From text to facts: the taxonomy, the rules, the language model, and the checks both must pass."""
