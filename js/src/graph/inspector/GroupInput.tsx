import { isRecord } from "../../wire/readStack";
import type { Problem } from "../../wire/types";
import { FieldRow } from "./FieldRow";
import { isChanged } from "./fieldWords";
import type { InputProps } from "./inputProps";
import { ProblemNote } from "./ProblemNote";
import { ResetButton } from "./ResetButton";

interface Props extends InputProps {
  readonly problems: readonly Problem[];
}

/** Fields that belong together; all of them empty means that the group is absent. */
export function GroupInput({ field, testId, describedBy, value, form, problems, onChange }: Props) {
  const held = isRecord(value) ? value : {};
  const setOne = (name: string, next: unknown) => {
    const { [name]: _, ...others } = held;
    const changed = next === undefined || next === null ? others : { ...others, [name]: next };
    onChange(Object.keys(changed).length > 0 ? changed : null);
  };
  return (
    <fieldset className="slm-group" data-testid={testId} data-field={field.name} aria-describedby={describedBy}>
      <legend>
        {field.title}
        {isChanged(field, value) && !form.isReadOnly && (
          <ResetButton title={field.title} texts={form.texts} onReset={() => onChange(undefined)} />
        )}
      </legend>
      <div id={describedBy} className="slm-field-notes">
        {problems
          .filter((problem) => problem.field === field.name)
          .map((problem) => (
            <ProblemNote key={problem.text} problem={problem} form={form} />
          ))}
        {form.hasHints && <p className="slm-field-help">{field.help}</p>}
      </div>
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
