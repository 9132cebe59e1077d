"""Real things: the HX711 readers, pins, buzzer and lights, serial link."""
