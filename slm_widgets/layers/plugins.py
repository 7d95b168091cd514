"""Layer types that other packages publish.

A package names the module (or the class) of its layer types in its pyproject.toml, and they are in the palette wherever it is
installed:

    [project.entry-points."slm_widgets.layers"]
    my_layers = "my_package.layers"
"""

from __future__ import annotations

import warnings
from importlib.metadata import entry_points

from slm_widgets.language import say

GROUP = "slm_widgets.layers"


def load_plugins() -> None:
    """Imports every published module of layer types; defining the classes registers them."""
    for plugin in entry_points(group=GROUP):
        try:
            plugin.load()
        except Exception as error:  # another package's mistake must not take all layers away; it is named instead
            warnings.warn(
                say(
                    en=f"The layer types of {plugin.value} (entry point {plugin.name!r}) were not loaded: {type(error).__name__}: "
                    f"{error}. Update or uninstall the package that brings them.",
                    ko=f"{plugin.value}의 레이어 종류(엔트리 포인트 {plugin.name!r})를 불러오지 못했습니다: {type(error).__name__}: "
                    f"{error}. 이 패키지를 업데이트하거나 지우세요.",
                ),
                stacklevel=2,
            )
