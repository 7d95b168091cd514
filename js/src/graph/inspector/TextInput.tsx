import type { InputProps } from "./inputProps";
import { showValue } from "./numbers";
import { useDraft } from "./useDraft";

export function TextInput({ field, id, testId, describedBy, value, isMixed, isWrong, form, onChange }: InputProps) {
  const empty = field.nullable ? null : "";
  const draft = useDraft(showValue(value), form.jumps, (text) => onChange(text === "" ? empty : text), form.onSettle);
  return (
    <input
      {...draft.inputProps}
      id={id}
      data-testid={testId}
      aria-describedby={describedBy}
      aria-invalid={isWrong}
      className="slm-input"
      type="text"
      autoComplete="off"
      readOnly={form.isReadOnly}
      placeholder={isMixed ? form.texts.different : showValue(field.default)}
    />
  );
}
