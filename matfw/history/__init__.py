"""What kept sessions say: measures, advice, reports; pure."""
