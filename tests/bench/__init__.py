"""What the firmware costs, measured."""
