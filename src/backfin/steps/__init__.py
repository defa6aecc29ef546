"""The steps: one file each. A step is a function of ``(ctx, key, **options)`` that returns what comes next."""
