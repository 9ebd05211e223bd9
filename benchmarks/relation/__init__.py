"""What `relation_diagnostic.py` compares: objects to choose from, readers that choose, and what they get wrong."""
