"""What matfw must do on the virtual Pi. Not collected by `python -m tests`: README.md beside."""
