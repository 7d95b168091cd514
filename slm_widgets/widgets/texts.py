"""The words of the graph editor itself; those of the layers come with the palette."""

from __future__ import annotations

from slm_widgets.language import LANGUAGES, Text, language
from slm_widgets.stack.given import WORDS as RULES

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
    "not_checked": Text(en="Not checked", ko="검사하지 않음"),
    "one_problem": Text(en="1 problem", ko="문제 1개"),
    "many_problems": Text(en="{n} problems", ko="문제 {n}개"),
    "checking": Text(en="Waiting for Python …", ko="파이썬을 기다리는 중 …"),
    "broken": Text(en="The drawing could not be shown.", ko="그림을 보여 줄 수 없습니다."),
    "retry": Text(en="Try again", ko="다시 시도"),
    # -- what can be asked for: in menus, on buttons, in the list of keys --
    "command_undo": Text(en="Undo", ko="실행 취소"),
    "command_redo": Text(en="Redo", ko="다시 실행"),
    "command_cut": Text(en="Cut", ko="잘라내기"),
    "command_copy": Text(en="Copy", ko="복사"),
    "command_paste": Text(en="Paste", ko="붙여넣기"),
    "command_duplicate": Text(en="Duplicate", ko="복제"),
    "command_remove": Text(en="Delete", ko="삭제"),
    "command_wrap": Text(en="Wrap in a block", ko="블록으로 묶기"),
    "command_unwrap": Text(en="Unwrap the block", ko="블록 풀기"),
    "command_moveUp": Text(en="Move up", ko="위로 옮기기"),
    "command_moveDown": Text(en="Move down", ko="아래로 옮기기"),
    "command_selectAll": Text(en="Select all", ko="모두 선택"),
    "command_rename": Text(en="Change the label", ko="이름표 바꾸기"),
    "command_fold": Text(en="Fold or unfold the block", ko="블록 접기/펼치기"),
    "command_foldAll": Text(en="Fold all blocks", ko="블록 모두 접기"),
    "command_unfoldAll": Text(en="Unfold all blocks", ko="블록 모두 펼치기"),
    "command_zoomIn": Text(en="Zoom in", ko="확대"),
    "command_zoomOut": Text(en="Zoom out", ko="축소"),
    "command_fit": Text(en="Show everything", ko="전체 보기"),
    "command_shapes": Text(en="Shapes on the wires", ko="연결선에 모양 표시"),
    "command_nextProblem": Text(en="Next problem", ko="다음 문제"),
    "command_previousProblem": Text(en="Previous problem", ko="이전 문제"),
    "command_find": Text(en="Search the layers", ko="레이어 찾기"),
    "command_help": Text(en="Keys", ko="단축키"),
    "command_leave": Text(en="Select nothing; close", ko="선택 해제, 닫기"),
    "edit_menu": Text(en="Edit", ko="편집"),
    "view_menu": Text(en="View", ko="보기"),
    "keys_moving": Text(en="Select the layer above or below", ko="위나 아래 레이어 선택"),
    "keys_extending": Text(en="Select several", ko="여럿 선택"),
    "keys_editing": Text(en="Go to the settings of the layer", ko="레이어 설정으로 이동"),
    "keys_adding": Text(en="In the layers: add after the selected one", ko="레이어 목록에서: 선택한 레이어 뒤에 추가"),
    "keys_mouse": Text(
        en="With the mouse: Shift or Ctrl and a click select several, Shift and a drag draw a box round them; Ctrl and the wheel zoom.",
        ko="마우스: Shift나 Ctrl을 누르고 눌러 여럿을 선택하고, Shift를 누르고 끌어 상자로 선택합니다. Ctrl과 휠로 확대합니다.",
    ),
    "fold": Text(en="Fold", ko="접기"),
    "unfold": Text(en="Unfold", ko="펼치기"),
    "folded_layers": Text(en="{n} layers", ko="레이어 {n}개"),
    "locked": Text(en="Locked", ko="잠김"),
    "map": Text(en="Map of the drawing", ko="그림 전체 지도"),
    "said_copied": Text(
        en="Copied {n} layers; they can be pasted as text, too.",
        ko="레이어 {n}개를 복사했습니다. 텍스트로도 붙여넣을 수 있습니다.",
    ),
    "said_copied_one": Text(
        en="Copied 1 layer; it can be pasted as text, too.",
        ko="레이어 1개를 복사했습니다. 텍스트로도 붙여넣을 수 있습니다.",
    ),
    "said_cut": Text(en="Cut {n} layers.", ko="레이어 {n}개를 잘라냈습니다."),
    "said_cut_one": Text(en="Cut 1 layer.", ko="레이어 1개를 잘라냈습니다."),
    "said_healed": Text(en="{id} now reads {to}.", ko="이제 {id}이(가) {to}을(를) 읽습니다."),
    "said_healed_before": Text(
        en="{id} now reads the layer before it.", ko="이제 {id}이(가) 바로 앞 레이어를 읽습니다."
    ),
    "paste_refused": Text(
        en="The page may not read the clipboard. Click the drawing and press Ctrl+V.",
        ko="이 페이지는 클립보드를 읽을 수 없습니다. 그림을 누르고 Ctrl+V를 누르세요.",
    ),
    "paste_nothing": Text(en="There is no layer in what was copied.", ko="복사한 내용에 레이어가 없습니다."),
    "wrap_refused": Text(
        en="Only layers that follow one another in one block can be wrapped. Select those in between, too.",
        ko="한 블록 안에서 바로 이어진 레이어끼리만 묶을 수 있습니다. 사이에 있는 레이어도 함께 선택하세요.",
    ),
    "why_above": Text(en="It stands above what it would read.", ko="읽으려는 곳보다 위에 있습니다."),
    "why_inside": Text(
        en="What is inside a block can be read only inside of it.",
        ko="블록 안의 값은 그 블록 안에서만 읽을 수 있습니다.",
    ),
    "why_same": Text(en="It reads this already.", ko="이미 이것을 읽고 있습니다."),
    "why_self": Text(en="A layer cannot read itself.", ko="자기 자신은 읽을 수 없습니다."),
    "why_locked": Text(en="This layer is locked.", ko="잠긴 레이어입니다."),
    # -- the inspector --
    "default_value": Text(en="default {value}", ko="기본값 {value}"),
    "inferred": Text(en="{value} (automatic)", ko="{value} (자동)"),
    "automatic_value": Text(en="(automatic: {value})", ko="(자동: {value})"),
    "reset": Text(en="{title}: back to the default", ko="{title}: 기본값으로 되돌리기"),
    "different": Text(en="(different)", ko="(서로 다름)"),
    "many_selected": Text(en="{n} layers selected", ko="레이어 {n}개 선택"),
    "many_help": Text(en="What you change here changes in all of them.", ko="여기서 바꾸면 모두 함께 바뀝니다."),
    "many_nothing": Text(en="They have no setting in common.", ko="공통된 설정이 없습니다."),
    "id": Text(en="Id", ko="id"),
    "rename_id": Text(en="Change the id", ko="id 바꾸기"),
    "id_empty": Text(en="An id cannot be empty.", ko="id는 비울 수 없습니다."),
    "id_taken": Text(
        en="Another layer has the id {id}. Choose another one.",
        ko="{id}은(는) 다른 레이어가 쓰는 id입니다. 다른 id를 적으세요.",
    ),
    "papers": Text(en="Sources", ko="출처"),
    "all_problems": Text(en="All problems ({n})", ko="모든 문제 ({n}개)"),
    "read_only": Text(
        en="You can look at these settings, but not change them.", ko="이 설정은 볼 수만 있고 바꿀 수 없습니다."
    ),
    "next_steps": Text(en="What to do next", ko="다음에 할 일"),
    "step_begin": Text(
        en="Begin with the layer “{title}”: drag it from the list into the drawing, or double-click it.",
        ko="‘{title}’ 레이어부터 시작하세요. 목록에서 그림으로 끌어오거나 두 번 누르세요.",
    ),
    "step_add": Text(
        en="Add layers where a line lights up. What flows runs from top to bottom.",
        ko="밝아지는 선 위에 레이어를 놓으세요. 값은 위에서 아래로 흐릅니다.",
    ),
    "step_mend": Text(
        en="Click a problem to go to its place; where one click puts it right, there is a button.",
        ko="문제를 누르면 그 자리로 갑니다. 한 번에 고칠 수 있는 문제에는 버튼이 있습니다.",
    ),
    "step_train": Text(
        en="No problems: run slm.TrainingPanel(editor) in the next cell, with the name of this editor, and press Train.",
        ko="문제가 없습니다. 다음 셀에서 이 편집기의 변수 이름으로 slm.TrainingPanel(editor)를 실행하고 ‘학습’을 누르세요.",
    ),
    # -- the code's lines --
    "code_line": Text(en="Line {n}: {layers}", ko="{n}번째 줄: {layers}"),
    "code_hint": Text(en="Click a line to select its layer.", ko="줄을 누르면 그 줄의 레이어를 선택합니다."),
    "code_no_lines": Text(en="This layer has no code of its own.", ko="이 레이어만의 코드는 없습니다."),
}


_EDITOR |= {
    # -- where the drawing is kept --
    "kernel_busy": Text(
        en="The kernel is busy; your changes are kept.", ko="커널이 다른 일을 하는 중입니다. 바꾼 내용은 보관됩니다."
    ),
    "kernel_lost": Text(
        en="The kernel was restarted: this drawing is kept here, but Python no longer answers. Run the cell again.",
        ko="커널이 다시 시작되었습니다. 그림은 여기 남아 있지만 파이썬이 더는 답하지 않습니다. 셀을 다시 실행하세요.",
    ),
    "kernel_silent": Text(
        en="Python has not answered for a while. Your changes are kept here. If no cell is running, the kernel may have been "
        "restarted: run this cell again.",
        ko="파이썬이 한동안 답하지 않습니다. 바꾼 내용은 여기 남아 있습니다. 실행 중인 셀이 없다면 커널이 다시 시작되었을 수 있으니 "
        "이 셀을 다시 실행하세요.",
    ),
    "copy_design": Text(en="Copy design", ko="설계 복사"),
    "offer_drawing": Text(
        en="The drawing that was made here before is still kept in this browser.",
        ko="여기에서 전에 그린 그림이 이 브라우저에 남아 있습니다.",
    ),
    "offer_restore": Text(en="Restore it", ko="되살리기"),
    "offer_forget": Text(en="Forget it", ko="버리기"),
    # -- what a teacher rules --
    **{f"rule_{reason}": words for reason, words in RULES.items()},
    "workload": Text(en="Counted with", ko="계산 조건"),
    "batch_size": Text(en="Batch", ko="배치 크기"),
    "tokens": Text(en="tokens", ko="토큰"),
    "precision": Text(en="Precision", ko="정밀도"),
    "flops_per_token": Text(en="Per token", ko="토큰당 연산"),
    "flops_help": Text(
        en="Floating-point operations for reading one token (forward pass). A whole training step takes {step}.",
        ko="토큰 하나를 읽는 데 드는 부동소수점 연산 수입니다(순전파). 학습 스텝 하나에는 모두 {step}이(가) 필요합니다.",
    ),
    "training_memory": Text(en="Training memory", ko="학습 메모리"),
    "memory_help": Text(
        en="Python and torch take about {process} more. Generating text takes {inference}.",
        ko="Python과 torch에 약 {process}이(가) 더 필요합니다. 글을 생성할 때는 {inference}이(가) 필요합니다.",
    ),
    "share_flops": Text(en="{n} of the arithmetic", ko="전체 계산량의 {n}"),
    "share_parameters": Text(en="{n} of the parameters", ko="전체 파라미터의 {n}"),
    # Presets and files.
    "file_menu": Text(en="File", ko="파일"),
    "file_new": Text(en="New, empty", ko="새로 만들기"),
    "file_gallery": Text(en="Presets …", ko="프리셋 …"),
    "file_open": Text(en="Open a file …", ko="파일 열기 …"),
    "file_json": Text(en="Download as JSON", ko="JSON으로 내려받기"),
    "file_code": Text(en="Download as PyTorch", ko="PyTorch로 내려받기"),
    "file_svg": Text(en="Picture (SVG)", ko="그림 (SVG)"),
    "file_png": Text(en="Picture (PNG)", ko="그림 (PNG)"),
    "file_copy": Text(en="Copy the design as text", ko="설계를 글로 복사"),
    "file_copied": Text(
        en="The design is on the clipboard. Paste it into a message, or into another editor.",
        ko="설계를 복사했습니다. 메시지나 다른 편집기에 붙여 넣으세요.",
    ),
    "file_not_copied": Text(
        en="This page may not use the clipboard. Download the design as JSON instead.",
        ko="이 화면에서는 복사할 수 없습니다. JSON으로 내려받으세요.",
    ),
    "file_notes": Text(en="Opened {name}, with notes:", ko="{name}을(를) 열었습니다. 참고:"),
    "file_too_large": Text(
        en="{name} is larger than {mb} MB; no design is. Choose the right file.",
        ko="{name}은(는) {mb} MB보다 큽니다. 설계 파일은 그렇게 크지 않습니다. 맞는 파일을 고르세요.",
    ),
    "file_many": Text(en="Drop one file at a time.", ko="파일을 하나씩 놓으세요."),
    "file_drop": Text(en="Drop the file to open its design", ko="파일을 놓으면 설계를 엽니다"),
    "file_take": Text(en="Take the file's version", ko="파일 내용으로 바꾸기"),
    "file_keep": Text(en="Keep mine (overwrite)", ko="내 그림으로 덮어쓰기"),
    "file_write": Text(en="Save now", ko="지금 저장"),
    "gallery": Text(en="Presets", ko="프리셋"),
    "gallery_train": Text(en="Small ones, to train here", ko="여기서 학습해 볼 작은 모델"),
    "gallery_read": Text(en="Published ones, to read and count", ko="구조와 크기를 살펴볼 공개 모델"),
    "gallery_none": Text(en="No preset matches.", ko="찾는 프리셋이 없습니다."),
    "preset_size": Text(en="{n} parameters", ko="파라미터 {n}개"),
    "preset_compare": Text(en="Compare", ko="비교"),
    "preset_compare_with": Text(en="Compare with {name}", ko="{name} 프리셋과 비교"),
    # -- comparing --
    "compare": Text(en="Compare", ko="비교"),
    "compare_help": Text(en="Put another design beside this one", ko="다른 설계를 옆에 놓고 비교하기"),
    "compare_width": Text(en="Width of the other design", ko="다른 설계의 너비"),
    "compare_with": Text(en="Compare with …", ko="무엇과 비교할까요?"),
    "compare_file": Text(en="A file …", ko="파일 …"),
    "compare_another": Text(en="Another …", ko="다른 설계 …"),
    "compare_names": Text(en="{name} → this design", ko="{name} → 이 설계"),
    "compare_same": Text(en="The two designs are the same.", ko="두 설계는 같습니다."),
    "compare_list": Text(en="What differs", ko="다른 점"),
    "compare_too_large": Text(
        en="{name} is larger than {n} MB; no design is.",
        ko="{name}은(는) {n} MB보다 큽니다. 설계 파일은 그렇게 크지 않습니다.",
    ),
    "mark_added": Text(en="only in this design", ko="이 설계에만 있음"),
    "mark_removed": Text(en="only in {name}", ko="{name}에만 있음"),
    "mark_changed": Text(en="changed", ko="바뀜"),
    "mark_moved": Text(en="moved", ko="위치가 바뀜"),
}


def editor_texts() -> dict[str, str]:
    """All words of the editor in the current language, and the language that its button changes to."""
    other = next(code for code in LANGUAGES if code != language())
    words = {name: str(text) for name, text in _EDITOR.items()}
    return words | {"language_code": language(), "other_language": LANGUAGES[other], "other_language_code": other}
