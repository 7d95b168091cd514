import type { InputProps } from "./inputProps";
import { Select } from "./Select";

export function ChoiceInput(props: InputProps) {
  const { field, value, form } = props;
  const shown = value === undefined && !field.nullable ? field.default : value;
  const emptyTitle = field.nullable ? (form.texts.empty_choice ?? "") : null;
  return <Select {...props} value={shown} options={field.choices ?? []} emptyTitle={emptyTitle} />;
}
