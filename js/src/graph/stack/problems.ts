import type { Analysis, Problem } from "../../wire/types";

export type ProblemsById = ReadonlyMap<string, readonly Problem[]>;

/** The problems of each layer, errors before warnings. */
export function problemsById(analysis: Analysis): ProblemsById {
  const found = new Map<string, Problem[]>();
  for (const problem of bySeverity(analysis.problems)) {
    if (problem.layer_id === null) continue;
    const known = found.get(problem.layer_id);
    if (known) known.push(problem);
    else found.set(problem.layer_id, [problem]);
  }
  return found;
}

export function bySeverity(problems: readonly Problem[]): Problem[] {
  return [...problems].sort((a, b) => Number(a.severity === "warning") - Number(b.severity === "warning"));
}
