"""The parts of GraphEditor: what it keeps in files, what it counts and compares, what a teacher rules, what the page may ask.

- ``drawn``: the traits that all parts share.
- ``rules``: what a teacher locks and allows, held against what the page sends.
- ``kept_design``, ``opened_configs``, ``design_file``, ``file_words``, ``file_requests``: the file of a drawing, and
  opening others.
- ``counted_costs``, ``afterwards``: costs, counted on a thread of their own once the design is quiet.
- ``comparison``: another design beside it. ``gallery``: the presets to choose from.
- ``requests``: questions of the page and their answers. ``origin``: where a drawing began.
- ``drawn``: what all of these share.
"""
