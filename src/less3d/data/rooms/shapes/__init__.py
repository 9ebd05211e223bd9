"""Parametric furniture: families of builders that assemble painted solids into the things of a room."""
