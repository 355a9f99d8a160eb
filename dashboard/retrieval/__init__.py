"""From a question to ranked segments: encoders, vectors, indexes, fusion."""
