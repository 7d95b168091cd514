import type { ComponentType } from "react";
import type { Field, Problem } from "../../wire/types";
import { fill } from "../drawing/format";
import { usePageId } from "../editor/usePageId";
import { BooleanInput } from "./BooleanInput";
import { ChoiceInput } from "./ChoiceInput";
import { FieldNotes } from "./FieldNotes";
import { isChanged } from "./fieldWords";
import { GroupInput } from "./GroupInput";
import type { FormContext, InputProps } from "./inputProps";
import { NumberInput } from "./NumberInput";
import { showValue } from "./numbers";
import { ReferenceInput } from "./ReferenceInput";
import { ResetButton } from "./ResetButton";
import { TextInput } from "./TextInput";

interface Props {
  readonly field: Field;
  readonly prefix?: string;
  readonly value: unknown;
  readonly isMixed?: boolean;
  readonly problems: readonly Problem[];
  readonly form: FormContext;
  readonly onChange: (value: unknown) => void;
}

const INPUTS: Readonly<Record<string, ComponentType<InputProps>>> = {
  boolean: BooleanInput,
  choice: ChoiceInput,
  reference: ReferenceInput,
  text: TextInput,
};

/** One field of a form: its title, its input, its help, and what is wrong with it. */
export function FieldRow({ field, prefix = "", value, isMixed = false, problems, form, onChange }: Props) {
  const id = usePageId();
  const name = prefix + field.name;
  const wrong = problems.filter((problem) => problem.field === name);
  const describedBy = `${id}-help`;
  const isWrong = wrong.length > 0;
  const common = { field, id, testId: `field-${name}`, describedBy, value, isMixed, isWrong, form, onChange };
  if (field.kind === "group") return <GroupInput {...common} problems={problems} />;
  const Input = INPUTS[field.kind] ?? NumberField;
  const changed = isChanged(field, value, isMixed);
  return (
    <div
      className="slm-field"
      data-field={name}
      data-kind={field.kind}
      data-wrong={isWrong || undefined}
      data-changed={changed || undefined}
    >
      <div className="slm-field-head">
        <label className="slm-field-title" htmlFor={id}>
          {field.title}
          {field.unit && <span className="slm-field-unit"> {field.unit}</span>}
        </label>
        {changed && !form.isReadOnly && (
          <ResetButton title={field.title} texts={form.texts} onReset={() => onChange(undefined)} />
        )}
      </div>
      <Input {...common} />
      <FieldNotes id={describedBy} name={name} field={field} wrong={wrong} form={form} />
    </div>
  );
}

function NumberField({ field, form, isMixed, ...common }: InputProps) {
  return (
    <NumberInput
      {...common}
      placeholder={isMixed ? (form.texts.different ?? "") : emptyWords(field, form)}
      empty={field.nullable ? null : undefined}
      isWhole={field.kind === "integer"}
      isReadOnly={form.isReadOnly}
      min={field.min}
      max={field.max}
      jumps={form.jumps}
      onSettle={form.onSettle}
    />
  );
}

/** What an empty number field stands for: what Python has filled in, else the default. */
function emptyWords(field: Field, form: FormContext): string {
  const resolved = form.resolved[field.name];
  return typeof resolved === "number"
    ? fill(form.texts.inferred, { value: showValue(resolved) })
    : showValue(field.default);
}
