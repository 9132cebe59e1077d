"""What people set and what the machine keeps: read, checked, stored."""
