"""What anyone outside may ask of the running firmware."""
