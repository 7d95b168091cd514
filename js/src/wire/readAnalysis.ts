import { isRecord } from "./readStack";
import type { Analysis, LayerReport, Mend, Problem, Shape, Texts } from "./types";

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
  };
}

export function readTexts(value: unknown): Texts {
  return isRecord(value) ? (value as Texts) : {};
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

function readReport(value: unknown): LayerReport {
  const report = isRecord(value) ? value : {};
  return { out: Array.isArray(report.out) ? (report.out as Shape) : null, parameters: count(report.parameters) };
}

function count(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
