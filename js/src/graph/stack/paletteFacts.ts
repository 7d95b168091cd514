// What the gestures and the drawing need to know about layer types, read from the palette.

import type { Field, Palette, PaletteEntry } from "../../wire/types";
import { INPUT } from "./branches";
import type { ReferenceFields } from "./ids";

/** The fields that name other nodes: they follow when what they name is copied. */
export function referenceFields(palette: Palette): ReferenceFields {
  return namesByType(palette, (field) => field.kind === "reference");
}

/** Those of them that are wires; that one table is used by two is none. */
export function wireFields(palette: Palette): ReferenceFields {
  return namesByType(palette, (field) => field.kind === "reference" && field.flows !== false);
}

function namesByType(palette: Palette, isMeant: (field: Field) => boolean): ReferenceFields {
  const byType = new Map<string, readonly string[]>();
  for (const entry of palette.values()) {
    const own = entry.fields.filter(isMeant).map((field) => field.name);
    byType.set(entry.type, [...new Set([...own, INPUT])]);
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

/** The layer types of each group, in the palette's order. */
export function paletteGroups(palette: Palette): ReadonlyMap<string, readonly PaletteEntry[]> {
  const groups = new Map<string, PaletteEntry[]>();
  for (const entry of palette.values()) {
    const known = groups.get(entry.group);
    if (known) known.push(entry);
    else groups.set(entry.group, [entry]);
  }
  return groups;
}
