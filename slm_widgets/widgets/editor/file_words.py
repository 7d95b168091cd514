"""What is said about the file that keeps a drawing, in every language, so that it can be said again in the other one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from slm_widgets.language import LANGUAGES, Text, say, use_language


def new(name: str) -> Text:
    """The file is not there yet."""
    return Text(
        en=f"{name} is written at the first change.",
        ko=f"{name} 파일은 처음 바꿀 때 만들어집니다.",
    )


def saved(name: str) -> Text:
    """The file holds the drawing."""
    return Text(en=f"Saved in {name}.", ko=f"{name}에 저장했습니다.")


def not_saved(path: Path, error: Exception) -> Text:
    """The file cannot be written."""
    reason = _reason(error)
    return Text(
        en=f"The drawing was not saved to {path}: {reason}. It is safe here as long as the kernel runs.",
        ko=f"그림을 {path}에 저장하지 못했습니다: {reason}. 커널이 실행되는 동안은 여기에 남아 있습니다.",
    )


def changed(name: str) -> Text:
    """Somebody else wrote another design."""
    return Text(
        en=f"{name} was changed outside of this editor, so the drawing is not saved there now. Choose one of the two; "
        f"the other one is kept as {name}.bak.",
        ko=f"{name} 파일이 편집기 밖에서 바뀌어 지금은 그림을 저장하지 않습니다. 둘 중 하나를 고르세요. "
        f"고르지 않은 쪽은 {name}.bak으로 남습니다.",
    )


def changed_for_readers(name: str) -> Text:
    """Somebody else wrote another design, and here it may only be read."""
    return Text(
        en=f"{name} was changed outside of this editor, which shows what was there before. "
        "Run the cell again to see what is there now.",
        ko=f"{name} 파일이 편집기 밖에서 바뀌었고, 여기에는 바뀌기 전의 설계가 보입니다. "
        "지금 파일에 있는 것을 보려면 셀을 다시 실행하세요.",
    )


def forgotten() -> Text:
    """What belongs to a design that was opened long ago is no longer known."""
    return Text(
        en="So many designs were opened since that the name and the training recipe of this one are no longer known. Its "
        "layers are all there. Open it anew to have them back.",
        ko="그 뒤로 연 설계가 너무 많아서 이 설계의 이름과 학습 설정은 더 이상 남아 있지 않습니다. "
        "레이어는 모두 그대로입니다. 이름과 설정이 필요하면 설계를 다시 여세요.",
    )


def gone(name: str) -> Text:
    """Somebody took the file away."""
    return Text(
        en=f"{name} is no longer there. The drawing is safe here, and is saved again at the next change.",
        ko=f"{name} 파일이 없어졌습니다. 그림은 여기에 남아 있고, 다음에 바꿀 때 다시 저장합니다.",
    )


def unreadable(name: str, why: Callable[[], str]) -> Text:
    """Somebody else wrote what is no design.

    Args:
        name: The file's name.
        why: Says it in the current language.
    """
    reason = _both(why)
    return Text(
        en=f"{name} was changed outside of this editor and holds no design now. {reason.en} The drawing is not saved there "
        f"until you overwrite it; what is there is then kept as {name}.bak.",
        ko=f"{name} 파일이 편집기 밖에서 바뀌어 이제 설계가 아닙니다. {reason.ko} 덮어쓰기 전에는 그림을 저장하지 않으며, "
        f"덮어쓰면 지금 내용은 {name}.bak으로 남습니다.",
    )


def no_file(name: str) -> str:
    """Something else stands in the file's place."""
    return say(
        en=f"{name} is no ordinary file but a folder, a pipe or a device",
        ko=f"{name}은(는) 일반 파일이 아니라 폴더나 파이프, 장치입니다",
    )


def _both(sentence: Callable[[], str]) -> Text:
    """Asks for a sentence in each language."""
    spoken = {}
    for code in LANGUAGES:
        with use_language(code):
            spoken[code] = sentence()
    return Text(**spoken)


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
