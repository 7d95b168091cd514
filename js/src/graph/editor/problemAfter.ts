import type { Analysis } from "../../wire/types";
import { idOf } from "../stack/ids";
import { flatten, type Item } from "../stack/outline";
import { problemsById } from "../stack/problems";

interface Place {
  readonly id: string;
  readonly field: string | null;
}

/** The next layer in reading order that has a problem, after the last one comes the first; null where none has. */
export function problemAfter(
  analysis: Analysis,
  items: readonly Item[],
  from: string | null,
  step: 1 | -1,
): Place | null {
  const all = flatten(items);
  const found = problemsById(analysis);
  const start = all.findIndex(({ key }) => key === from);
  const first = start < 0 && step < 0 ? all.length : start;
  for (let passed = 1; passed <= all.length; passed++) {
    const item = all[(first + step * passed + 2 * all.length) % all.length];
    const id = item && (idOf(item.node) ?? item.key);
    const problem = id === undefined ? undefined : found.get(id)?.[0];
    if (id !== undefined && problem) return { id, field: problem.field };
  }
  return null;
}
