"""What each cue sounds and looks like."""
