import { isRecord } from "../../wire/readStack";
import type { Problem } from "../../wire/types";
import { FieldRow } from "./FieldRow";
import type { InputProps } from "./inputProps";

interface Props extends InputProps {
  readonly problems: readonly Problem[];
}

/** Fields that belong together; all of them empty means that the group is absent. */
export function GroupInput({ field, testId, value, form, problems, onChange }: Props) {
  const held = isRecord(value) ? value : {};
  const setOne = (name: string, next: unknown) => {
    const { [name]: _, ...others } = held;
    const changed = next === undefined || next === null ? others : { ...others, [name]: next };
    onChange(Object.keys(changed).length > 0 ? changed : null);
  };
  return (
    <fieldset className="slm-group" data-testid={testId}>
      <legend>{field.title}</legend>
      {field.fields?.map((inner) => (
        <FieldRow
          key={inner.name}
          field={inner}
          prefix={`${field.name}.`}
          value={held[inner.name]}
          problems={problems}
          form={form}
          onChange={(next) => setOne(inner.name, next)}
        />
      ))}
    </fieldset>
  );
}
