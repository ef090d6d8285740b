"""The AI gateway: one door to one provider, with its key, its limits and its manners; and the local model."""
