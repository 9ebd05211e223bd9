"""Comparing systems: the same rooms, the same budget, the paper's tables."""
