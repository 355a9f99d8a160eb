"""Caption readers, windows and what makes a corpus of segments."""
