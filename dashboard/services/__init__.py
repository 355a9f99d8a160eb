"""The use cases that pages and the command line call."""
