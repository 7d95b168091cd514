import { fill } from "../drawing/format";
import { nodeTitle } from "../drawing/summary";
import { INPUT } from "../stack/branches";
import { idOf } from "../stack/ids";
import { flatten, outline } from "../stack/outline";
import { referencesFor, writeReference } from "../stack/references";
import type { InputProps } from "./inputProps";
import { Select } from "./Select";

/** Names a node further up, its output or its input. */
export function ReferenceInput(props: InputProps) {
  const { form, field } = props;
  const titles = new Map(
    flatten(outline(form.stack, () => false)).map(({ node }) => [
      idOf(node),
      nodeTitle(node, form.palette.get(node.type)),
    ]),
  );
  const options = referencesFor(form.stack, form.path).map(({ id, input }) => ({
    value: writeReference(id, input),
    title: fill(input ? form.texts.reference_input : form.texts.reference_output, { id, title: titles.get(id) ?? "" }),
  }));
  const empty = field.name === INPUT ? form.texts.layer_before : form.texts.empty_choice;
  return <Select {...props} options={options} emptyTitle={field.nullable ? (empty ?? "") : null} />;
}
