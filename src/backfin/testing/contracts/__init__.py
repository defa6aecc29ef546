"""Contracts: classes to subclass in a plugin's tests, one check for each promise of :mod:`backfin.interfaces`.

A check whose material a subclass does not give is skipped, and says what to give.
"""
