"""Tests of the virtual person, deck and sampling."""
