"""Judges: what they are and how they are named."""
