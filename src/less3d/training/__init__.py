"""Training: recipes, a loop one can read, checkpoints that resume to the same result, and evaluation."""
