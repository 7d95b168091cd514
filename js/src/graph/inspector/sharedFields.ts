import type { Field, Palette } from "../../wire/types";
import type { Item } from "../stack/outline";
import { sameJson } from "../stack/sameJson";

export interface SharedField {
  readonly field: Field;
  /** The value that all have; undefined where they differ. */
  readonly value: unknown;
  readonly isMixed: boolean;
}

/**
 * The fields that all of these layers have, by name, kind and meaning. What points to a layer is left out, because each stands elsewhere;
 * and groups, whose parts would mix.
 */
export function sharedFields(items: readonly Item[], palette: Palette): SharedField[] {
  const forms = items.map(({ node }) => palette.get(node.type)?.fields ?? []);
  const [first = [], ...others] = forms;
  return first
    .filter(({ kind }) => kind !== "reference" && kind !== "group")
    .filter((field) => others.every((fields) => fields.some((other) => isSame(field, other))))
    .map((field) => withValue(field, items, forms));
}

function isSame(field: Field, other: Field): boolean {
  const values = ({ choices = [] }: Field) => choices.map((choice) => choice.value);
  const isNamedAlike = field.name === other.name && field.title === other.title && field.kind === other.kind;
  // The same word may mean another thing elsewhere: the scale of a residual is not that of attention.
  return isNamedAlike && field.help === other.help && sameJson(values(field), values(other));
}

function withValue(field: Field, items: readonly Item[], forms: readonly (readonly Field[])[]): SharedField {
  const held = items.map(({ node }) => node.data[field.name] ?? undefined);
  // An empty field means its type's own default.
  const meant = held.map((value, at) => value ?? forms[at]?.find(({ name }) => name === field.name)?.default ?? null);
  const isMixed = !meant.every((value) => sameJson(value, meant[0]));
  return { field, value: isMixed ? undefined : held[0], isMixed };
}
