// What a form says about a field in words of the design's language.

import type { Field, Texts } from "../../wire/types";
import { fill } from "../drawing/format";
import { sameJson } from "../stack/sameJson";
import { showValue } from "./numbers";

/** A value as the form shows it: the title of a choice, yes and no, the number. */
export function valueWords(field: Field, value: unknown, texts: Texts): string {
  if (!isSet(value)) return "";
  if (field.kind === "boolean" && typeof value === "boolean") return (value ? texts.yes : texts.no) ?? "";
  return field.choices?.find((choice) => choice.value === value)?.title ?? showValue(value);
}

/** Whether a value was set that is not the default; of several layers, in any of them. */
export function isChanged(field: Field, value: unknown, isMixed = false): boolean {
  return hasDefault(field) && (isMixed || (isSet(value) && !sameJson(value, field.default)));
}

/** A field that must be filled in has no default to go back to. */
function hasDefault(field: Field): boolean {
  return field.nullable || isSet(field.default);
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** "1 to 1,024", "default 4" */
export function factWords(field: Field, texts: Texts): string[] {
  const standard = field.kind === "group" ? "" : valueWords(field, field.default, texts);
  return [field.allowed ?? "", standard && fill(texts.default_value, { value: standard })].filter(Boolean);
}
