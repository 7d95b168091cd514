import { useState } from "react";
import type { Field, LayerNode, PaletteEntry, Problem } from "../../wire/types";
import { FieldRow } from "./FieldRow";
import type { FormContext } from "./inputProps";
import { shownFirst } from "./shownFirst";

interface Props {
  readonly node: LayerNode;
  readonly entry: PaletteEntry;
  readonly problems: readonly Problem[];
  readonly form: FormContext;
  readonly onField: (name: string, value: unknown) => void;
}

/** The form of one layer, made from the palette. Give it the node's key: which fields come first is chosen once. */
export function LayerForm({ node, entry, problems, form, onField }: Props) {
  const [first] = useState(() => shownFirst(entry.fields, node.data, problems));
  const [isOpen, setOpen] = useState(false);
  const more = entry.fields.filter((field) => !first.has(field.name));
  // What has gone wrong, and what a wire has set since, is not hidden.
  const isNeeded = more.some(
    ({ name, kind }) =>
      problems.some((problem) => problem.field?.split(".")[0] === name) || (kind === "reference" && node.data[name]),
  );
  const row = (field: Field) => (
    <FieldRow
      key={field.name}
      field={field}
      value={node.data[field.name]}
      problems={problems}
      form={form}
      onChange={(value) => onField(field.name, value)}
    />
  );
  return (
    <>
      {entry.fields.filter((field) => first.has(field.name)).map(row)}
      {more.length > 0 && (
        <details className="slm-more" open={isOpen || isNeeded} onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>{form.texts.more_fields}</summary>
          {more.map(row)}
        </details>
      )}
    </>
  );
}
