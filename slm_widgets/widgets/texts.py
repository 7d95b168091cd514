"""The words of the graph editor itself; those of the layers come with the palette."""

from __future__ import annotations

from slm_widgets.language import LANGUAGES, Text, language

# The name in braces is filled in by the browser.
_EDITOR = {
    "palette": Text(en="Layers", ko="레이어 목록"),
    "palette_hint": Text(
        en="Drag a layer into the drawing, or double-click it to add it after the selected one.",
        ko="레이어를 그림으로 끌어다 놓으세요. 두 번 누르면 선택한 레이어 뒤에 붙습니다.",
    ),
    "filter": Text(en="Filter", ko="찾기"),
    "filter_none": Text(en="No layer matches.", ko="찾는 레이어가 없습니다."),
    "drawing": Text(en="The model, from top to bottom", ko="위에서 아래로 흐르는 모델"),
    "empty_drawing": Text(en="Drag a layer here to begin.", ko="여기로 레이어를 끌어와 시작하세요."),
    "empty_block": Text(en="Drag layers in here", ko="여기로 레이어를 끌어오세요"),
    "fork": Text(
        en="Drag from here to a layer below: it then reads this.",
        ko="여기서 아래 레이어로 끌면 그 레이어가 이것을 읽습니다.",
    ),
    "toolbar": Text(en="Editing", ko="편집"),
    "undo": Text(en="Undo (Ctrl+Z)", ko="실행 취소 (Ctrl+Z)"),
    "redo": Text(en="Redo (Ctrl+Shift+Z)", ko="다시 실행 (Ctrl+Shift+Z)"),
    "duplicate": Text(en="Duplicate (Ctrl+D)", ko="복제 (Ctrl+D)"),
    "delete": Text(en="Delete (Del)", ko="삭제 (Del)"),
    "zoom_in": Text(en="Zoom in", ko="확대"),
    "zoom_out": Text(en="Zoom out", ko="축소"),
    "fit": Text(en="Show everything", ko="전체 보기"),
    "code": Text(en="Code", ko="코드"),
    "code_help": Text(en="Show the model as PyTorch code", ko="모델을 PyTorch 코드로 보기"),
    "code_waiting": Text(en="Python is writing the code …", ko="파이썬이 코드를 쓰는 중 …"),
    "code_width": Text(en="Width of the code", ko="코드 너비"),
    "copy": Text(en="Copy", ko="복사"),
    "copied": Text(en="Copied", ko="복사했습니다"),
    "download": Text(en="Download", ko="내려받기"),
    "close": Text(en="Close (Esc)", ko="닫기 (Esc)"),
    "change_language": Text(en="한국어로 보기", ko="Show in English"),
    "inspector": Text(en="Settings", ko="설정"),
    "nothing_selected": Text(
        en="Click a layer to see and change its settings.", ko="레이어를 누르면 설정을 보고 바꿀 수 있습니다."
    ),
    "more_fields": Text(en="More settings", ko="설정 더 보기"),
    "about": Text(en="About this layer", ko="이 레이어에 대하여"),
    "yes": Text(en="Yes", ko="예"),
    "no": Text(en="No", ko="아니요"),
    "empty_choice": Text(en="(automatic)", ko="(자동)"),
    "layer_before": Text(en="(the layer before)", ko="(바로 앞 레이어)"),
    "reference_output": Text(en="{title} ({id})", ko="{title} ({id})"),
    "reference_input": Text(en="Input of {title} ({id})", ko="{title} ({id})의 입력"),
    "unknown_type": Text(en="Unknown layer type", ko="알 수 없는 레이어 종류"),
    "unknown_type_help": Text(
        en="This layer type is not installed here. It is kept as it is; delete it, or run the cell that defines it.",
        ko="여기에 없는 레이어 종류입니다. 그대로 남겨 둡니다. 지우거나, 이 레이어를 정의하는 셀을 실행하세요.",
    ),
    "card_parameters": Text(en="{n} params", ko="파라미터 {n}"),
    "further_problems": Text(en="(+{n} more)", ko="(외 {n}개)"),
    "parameters": Text(en="Parameters", ko="파라미터"),
    "context": Text(en="Context", ko="문맥 길이"),
    "vocabulary": Text(en="Vocabulary", ko="어휘"),
    "assumed": Text(en="(assumed)", ko="(가정)"),
    "assumed_help": Text(
        en="The design leaves the vocabulary to the tokenizer, so this number stands in until one is chosen.",
        ko="어휘 크기는 토크나이저가 정합니다. 고르기 전까지 쓰는 임시 값입니다.",
    ),
    "problems": Text(en="Problems", ko="문제"),
    "no_problems": Text(en="No problems", ko="문제 없음"),
    "one_problem": Text(en="1 problem", ko="문제 1개"),
    "many_problems": Text(en="{n} problems", ko="문제 {n}개"),
    "checking": Text(en="Waiting for Python …", ko="파이썬을 기다리는 중 …"),
    "broken": Text(en="The drawing could not be shown.", ko="그림을 보여 줄 수 없습니다."),
    "retry": Text(en="Try again", ko="다시 시도"),
}


def editor_texts() -> dict[str, str]:
    """All words of the editor in the current language, and the language that its button changes to."""
    other = next(code for code in LANGUAGES if code != language())
    words = {name: str(text) for name, text in _EDITOR.items()}
    return words | {"other_language": LANGUAGES[other], "other_language_code": other}
