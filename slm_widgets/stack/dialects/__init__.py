"""Every way in which designs are written down, read into the one canonical spelling of version 1.

values.py      a file, a text or a Python value -> plain JSON values, within limits
containers.py  request, saved structure, canvas, envelope, bare list -> nodes and config
cards.py       the nodes of a React Flow canvas, put into each other
canvas.py      cards and connections -> nodes in their order
aliases.py     the tables: other names of types, keys and values
spelling.py    one node -> the canonical type, keys and values
config.py      the config, and what nodes leave out and it says
"""
