"""The console's far ends: threads, bytes, line editing, and the client that talks to it."""
