import { isRecord } from "./readStack";
import type { Analysis, Data, LayerReport, Mend, Offer, Problem, Shape, Texts } from "./types";

export function readAnalysis(value: unknown): Analysis {
  const answer = isRecord(value) ? value : {};
  const total = isRecord(answer.total) ? answer.total : {};
  const layers = isRecord(answer.layers) ? answer.layers : {};
  return {
    problems: Array.isArray(answer.problems) ? answer.problems.filter(isRecord).map(readProblem) : [],
    layers: new Map(Object.entries(layers).map(([id, report]) => [id, readReport(report)])),
    parameters: count(total.parameters),
    contextLength: count(total.context_length),
    vocabSize: count(total.vocab_size),
    vocabAssumed: total.vocab_assumed === true,
    offers: Array.isArray(answer.offers) ? answer.offers.filter(isRecord).flatMap(readOffer) : [],
    revision: count(answer.revision),
  };
}

export function readTexts(value: unknown): Texts {
  const entries = isRecord(value) ? Object.entries(value) : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

function readProblem(value: Record<string, unknown>): Problem {
  return {
    layer_id: typeof value.layer_id === "string" ? value.layer_id : null,
    field: typeof value.field === "string" ? value.field : null,
    severity: value.severity === "warning" ? "warning" : "error",
    text: String(value.text ?? value.message ?? ""),
    message: String(value.message ?? ""),
    mend: readMend(value),
  };
}

function readMend({ mend, mend_title }: Record<string, unknown>): Mend | null {
  return isRecord(mend) && typeof mend_title === "string" ? { title: mend_title, fields: mend } : null;
}

/** An offer, or none where something is missing. */
function readOffer({ id, field, title, changes }: Record<string, unknown>): Offer[] {
  if (typeof id !== "string" || typeof field !== "string" || typeof title !== "string" || !isRecord(changes)) return [];
  const data = Object.entries(changes).filter((entry): entry is [string, Data] => isRecord(entry[1]));
  return data.length > 0 ? [{ id, field, title, changes: Object.fromEntries(data) }] : [];
}

function readReport(value: unknown): LayerReport {
  const report = isRecord(value) ? value : {};
  return {
    out: Array.isArray(report.out) && report.out.every(isSize) ? report.out : null,
    parameters: count(report.parameters),
    resolved: isRecord(report.resolved) ? report.resolved : {},
  };
}

function isSize(value: unknown): value is Shape[number] {
  return typeof value === "string" || typeof value === "number";
}

export function count(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
