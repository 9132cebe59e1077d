"""People whom tests play and no user asks for: the untaught, the tiring, all who move otherwise.

`matfw.virtual` has the person, deck and converters that users get; these are played on its bodies.
"""
