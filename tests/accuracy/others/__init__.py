"""Other people's bodies: four simulators built otherwise than the project's own, never tuned on.

They share with it the deck's statics and the words for the truth, and nothing of how a body moves,
presses or fidgets. What is quoted is the worst population: whoever changes matfw by these has made
them a tuning set, and needs others.
"""
