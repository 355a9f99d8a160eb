"""The page of agreement: its choice, its first screen, and one module for each part below."""
