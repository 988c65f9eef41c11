"""How much dearer the 500th message of a conversation is than the 10th."""
