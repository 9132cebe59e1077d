"""Other people's bodies: four simulators built otherwise than the project's own.

They share with it the deck's statics and the words for the truth, and nothing of how a body moves,
presses or fidgets. None was tuned on, but those of the fourth who raise the leg in two steps: how
a pause is known was set by its tuning seeds. What is quoted is the worst population: whoever
changes matfw by these has made them a tuning set, and needs others.
"""
