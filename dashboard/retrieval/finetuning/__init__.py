"""Making an encoder better from relevance grades: examples, strategies, training, and what comes of it."""
