"""Raw counts on disk."""
