"""Taking a model home: stack (and weights) -> other forms."""

from slm_widgets.export.code import export_code, export_code_with_lines
from slm_widgets.export.huggingface import export_huggingface, import_huggingface

__all__ = ["export_code", "export_code_with_lines", "export_huggingface", "import_huggingface"]
