"""The built browser side of a widget: what ``js/`` bundles into ``slm_widgets/static``."""

from __future__ import annotations

from pathlib import Path

from slm_widgets.errors import InstallationError
from slm_widgets.language import say

STATIC = Path(__file__).parent.parent / "static"


def bundled(file_name: str, folder: Path = STATIC) -> Path:
    """The path of a bundled file, ``"graph_editor.js"`` for example.

    Raises:
        InstallationError: when it was not built.
    """
    path = folder / file_name
    if not path.is_file():
        raise InstallationError(
            say(
                en=f"The browser side of the widgets is not built: {path} is missing. In the project's folder, run "
                "`pip install -e .` (which builds it), or `poe build` where Node is installed; then restart the kernel.",
                ko=f"위젯의 브라우저 부분이 빌드되지 않았습니다. {path} 파일이 없습니다. 프로젝트 폴더에서 "
                "`pip install -e .`를 실행하거나(빌드도 함께 합니다), Node가 있으면 `poe build`를 실행한 뒤 커널을 다시 시작하세요.",
            )
        )
    return path
