import type { Data, Field, Problem } from "../../wire/types";

const ALWAYS = 3;

/** The names of the fields to show at once: the first few, those that are set, and those that are wrong. */
export function shownFirst(fields: readonly Field[], data: Data, problems: readonly Problem[]): ReadonlySet<string> {
  const wrong = new Set(problems.map((problem) => problem.field?.split(".")[0]));
  const shown = fields.filter((field, index) => {
    const value = data[field.name];
    return index < ALWAYS || wrong.has(field.name) || (value !== undefined && value !== null);
  });
  return new Set(shown.map((field) => field.name));
}
