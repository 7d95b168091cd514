import type { InputProps } from "./inputProps";
import { Select } from "./Select";

/** A switch; where empty means something of its own, a choice of three. */
export function BooleanInput(props: InputProps) {
  const { field, id, testId, describedBy, value, isWrong, form, onChange } = props;
  if (field.nullable) {
    const options = [
      { value: true, title: form.texts.yes ?? "" },
      { value: false, title: form.texts.no ?? "" },
    ];
    return <Select {...props} options={options} emptyTitle={form.texts.empty_choice ?? ""} />;
  }
  return (
    <input
      id={id}
      data-testid={testId}
      aria-describedby={describedBy}
      aria-invalid={isWrong}
      className="slm-switch"
      type="checkbox"
      checked={(value ?? field.default) === true}
      onChange={(event) => onChange(event.target.checked)}
    />
  );
}
