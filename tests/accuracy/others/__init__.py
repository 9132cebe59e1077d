"""Other people's bodies: four simulators built otherwise than the project's own.

They share with it the deck's statics and the words for the truth, and nothing of how a body moves,
presses or fidgets. How a pause is known was set by tuning seeds of the fourth, and those of all
four are among the examples of `refinement.plausibility`; JUDGING.md says what it does on each of
them left out. What is quoted is the worst population of held-out seeds. Nothing was tuned by
`beam`, by real leg raises and by the held-out forms of `movements`.
"""
