"""The console without any link."""
