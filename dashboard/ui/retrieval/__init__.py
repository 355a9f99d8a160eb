"""The parts of the retrieval page, one module each."""
