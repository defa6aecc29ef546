"""Exchanges: each reads one feed. ``fetch`` touches the network, ``parse`` is pure."""
