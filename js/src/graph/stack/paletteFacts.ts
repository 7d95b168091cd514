// What the gestures and the drawing need to know about layer types, read from the palette.

import type { Field, Palette } from "../../wire/types";
import type { ReferenceFields } from "./ids";

/** The format's own reference, which any node may have. */
const INPUT = "input";

export function referenceFields(palette: Palette): ReferenceFields {
  const byType = new Map<string, readonly string[]>();
  for (const entry of palette.values()) {
    const own = entry.fields.filter((field) => field.kind === "reference").map((field) => field.name);
    byType.set(entry.type, [...own, INPUT]);
  }
  return (type) => byType.get(type) ?? [INPUT];
}

export function containerTest(palette: Palette): (type: string) => boolean {
  return (type) => palette.get(type)?.container === true;
}

/** The field that says how often a block is repeated: the first whole number of a container. */
export function repeatField(palette: Palette, type: string): Field | undefined {
  const entry = palette.get(type);
  return entry?.container ? entry.fields.find((field) => field.kind === "integer") : undefined;
}

/** A number for each group of layers, in the palette's order, to colour it by. */
export function groupNumbers(palette: Palette): ReadonlyMap<string, number> {
  const groups = [...new Set([...palette.values()].map((entry) => entry.group))];
  return new Map(groups.map((group, index) => [group, index]));
}
