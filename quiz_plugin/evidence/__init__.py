"""Running what the questions claim: blocks, programs, their records, and what these say about a key."""
