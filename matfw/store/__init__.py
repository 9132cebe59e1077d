"""What is kept of sessions: SQLite in the state folder, written behind the frame path."""
