"""The parts of the question bank's page."""
