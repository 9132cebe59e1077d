"""What people do on the mat besides the exercise, in many forms from independent generators.

Three generators differ in structure, so that nothing tuned on one fits the others by itself:
`segments` moves twelve point masses between poses and puts their momentum on what touches;
`transfer` hands the weight from contact to contact through underdamped filters; `submovements`
adds up random lognormal speed pulses over a wandering patch of pressure. `things` are people,
animals and objects that come to the mat. `forms.FORMS` names every form and says which are held
out: those are for quoting and are never tuned on. `scene` plays them around and into a lying
person's session.

All obey momentum: forces are second differences of a mass's path, so a movement from rest to rest
leaves no impulse behind; contacts press and never pull; what the mat does not carry the floor does.
"""
