"""What is no load: found in the samples and in what they come to, taken off, or reported."""
