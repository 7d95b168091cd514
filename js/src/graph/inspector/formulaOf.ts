import type { Data, Formula, PaletteEntry } from "../../wire/types";

/**
 * The formulas of a layer with these values: those that always hold, and those of what was chosen. Where a value is left empty, it is
 * what Python has filled in, else the default.
 */
export function formulasOf(entry: PaletteEntry, data: Data, resolved: Data): readonly Formula[] {
  const defaults = new Map(entry.fields.map((field) => [field.name, field.default]));
  return entry.formulas.filter(
    ({ field, value }) => field === null || value === (data[field] ?? resolved[field] ?? defaults.get(field)),
  );
}
