import { type ComponentType, useId } from "react";
import type { Field, Problem } from "../../wire/types";
import { BooleanInput } from "./BooleanInput";
import { ChoiceInput } from "./ChoiceInput";
import { GroupInput } from "./GroupInput";
import type { FormContext, InputProps } from "./inputProps";
import { NumberInput } from "./NumberInput";
import { showValue } from "./numbers";
import { ProblemNote } from "./ProblemNote";
import { problemWords } from "./problemWords";
import { ReferenceInput } from "./ReferenceInput";
import { TextInput } from "./TextInput";

interface Props {
  readonly field: Field;
  readonly prefix?: string;
  readonly value: unknown;
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
export function FieldRow({ field, prefix = "", value, problems, form, onChange }: Props) {
  const id = useId();
  const name = prefix + field.name;
  const wrong = problems.filter((problem) => problem.field === name);
  const common = {
    field,
    id,
    testId: `field-${name}`,
    describedBy: `${id}-help`,
    value,
    isWrong: wrong.length > 0,
    form,
    onChange,
  };
  if (field.kind === "group") return <GroupInput {...common} problems={problems} />;
  const Input = INPUTS[field.kind];
  return (
    <div className="slm-field" data-kind={field.kind} data-wrong={wrong.length > 0 || undefined}>
      <label className="slm-field-title" htmlFor={id}>
        {field.title}
        {field.unit && <span className="slm-field-unit">{field.unit}</span>}
      </label>
      {Input ? <Input {...common} /> : <NumberField {...common} />}
      <div id={`${id}-help`} className="slm-field-notes">
        {wrong.map((problem) => (
          <ProblemNote
            key={problem.text}
            problem={problem}
            words={problemWords(problem.text, name, field.title)}
            onMend={form.onMend}
          />
        ))}
        <p className="slm-field-help">{field.help}</p>
      </div>
    </div>
  );
}

function NumberField({ field, form, describedBy, ...common }: InputProps) {
  return (
    <NumberInput
      {...common}
      describedBy={describedBy}
      placeholder={showValue(field.default)}
      empty={field.nullable ? null : undefined}
      isWhole={field.kind === "integer"}
      min={field.min}
      max={field.max}
      jumps={form.jumps}
      onSettle={form.onSettle}
    />
  );
}
