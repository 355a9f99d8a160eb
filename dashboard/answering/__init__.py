"""From ranked segments to a cited answer."""
