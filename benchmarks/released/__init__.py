"""What `released_scores.py` measures of a weight file, a module a question, and how the model card says it."""
