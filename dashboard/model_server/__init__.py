"""Speaking to an OpenAI-compatible server: the client, its limits, replies, and what can go wrong."""
