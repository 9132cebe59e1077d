"""What is kept of a session: recordings, and what is made of them."""
