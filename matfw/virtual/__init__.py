"""No things: the person, the deck, the chip and the clock of a bench without hardware."""
