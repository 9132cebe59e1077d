"""Claims of matfw.session."""
