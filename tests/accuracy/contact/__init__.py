"""A body in contact physics: people on their side, simulated in MuJoCo, which nobody here wrote.

What the project and `others` do not share with it: a body of rigid segments with de Leva's masses,
joints with springs and dampers, soft contacts with friction, and muscles that hold a leg by torque.
What somebody who lies there presses with comes out of the engine: nothing here says how a lift
loads the board. Shared are the deck's statics, the cells, and the words for the truth.

`body`, of `segments`, written as `mjcf`, is who lies there; `doings` and `fidgets` are what they
want, `aims`, `hip` and `muscles` how their body does it; `standstills` reads the truth off the
thigh, `transits` gets them on and off, and `session` puts it all together. Axes: x to the feet from
the hips, y to the front, z up; they lie on the left side; the right one is its mirror image.
"""
