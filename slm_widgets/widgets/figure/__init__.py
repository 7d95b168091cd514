"""The parts of the live figure: bounded curves, what of them is shown, the drawing, and the controls around it."""
