import { fill } from "../drawing/format";
import { valueWords } from "./fieldWords";
import type { InputProps } from "./inputProps";
import { Select } from "./Select";

/** A switch; where empty means something of its own, a choice of three. */
export function BooleanInput(props: InputProps) {
  const { field, id, testId, describedBy, value, isMixed, isWrong, form, onChange } = props;
  if (field.nullable) {
    const options = [
      { value: true, title: form.texts.yes ?? "" },
      { value: false, title: form.texts.no ?? "" },
    ];
    return <Select {...props} options={options} emptyTitle={emptyTitle(props)} />;
  }
  return (
    <input
      id={id}
      data-testid={testId}
      aria-describedby={describedBy}
      aria-invalid={isWrong}
      aria-disabled={form.isReadOnly || undefined}
      className="slm-switch"
      type="checkbox"
      ref={(box) => {
        if (box) box.indeterminate = isMixed;
      }}
      checked={!isMixed && (value ?? field.default) === true}
      onChange={(event) => {
        // A disabled box could not take the focus, and so not be read with the keyboard.
        if (!form.isReadOnly) onChange(event.target.checked);
      }}
    />
  );
}

/** What an empty choice stands for, where Python knows. */
export function emptyTitle({ field, form }: InputProps): string {
  const words = valueWords(field, form.resolved[field.name] ?? field.default, form.texts);
  return words === "" ? (form.texts.empty_choice ?? "") : fill(form.texts.automatic_value, { value: words });
}
