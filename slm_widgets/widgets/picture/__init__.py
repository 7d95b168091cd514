"""Designs as pictures: for ModelGraph, for pages where no widget can be shown, and to take away.

``model_drawing`` says what is drawn, ``model_layout`` where, ``model_svg`` and ``model_cytoscape`` draw it; ``design_picture`` is the
whole way for a design as it stands in an editor, mistakes and all.
"""
