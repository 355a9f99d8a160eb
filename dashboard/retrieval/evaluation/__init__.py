"""How well a retriever ranks: measures per question, and their means with intervals over questions."""
