"""Veredito: find out how good a question-answering system over lecture videos really is."""

__version__ = "0.1.0"
