"""Turn other people's recordings into matfw's, for the tests that use them."""
