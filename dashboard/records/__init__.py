"""Reading and writing records of answered questions, one format per file."""
