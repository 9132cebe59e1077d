"""What matfw claims, checked."""
