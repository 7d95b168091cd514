import { emptyTitle } from "./BooleanInput";
import type { InputProps } from "./inputProps";
import { Select } from "./Select";

export function ChoiceInput(props: InputProps) {
  const { field, value, isMixed } = props;
  const shown = value === undefined && !field.nullable && !isMixed ? field.default : value;
  return (
    <Select
      {...props}
      value={shown}
      options={field.choices ?? []}
      emptyTitle={field.nullable ? emptyTitle(props) : null}
    />
  );
}
