import { count } from "./readAnalysis";
import { isRecord } from "./readStack";
import type { Costs, Shares, Workload } from "./types";

export function readCosts(value: unknown): Costs {
  const answer = isRecord(value) ? value : {};
  const total = isRecord(answer.total) ? answer.total : {};
  const layers = isRecord(answer.layers) ? answer.layers : {};
  return {
    revision: count(answer.revision),
    workload: readWorkload(answer),
    layers: new Map(Object.entries(layers).map(([id, shares]) => [id, readShares(shares)])),
    flops: count(total.flops),
    flopsPerToken: count(total.flops_per_token),
    trainingBytes: count(total.training_bytes),
    inferenceBytes: count(total.inference_bytes),
    processBytes: count(total.process_bytes),
    parts: Array.isArray(total.parts) ? total.parts.filter(isRecord).map(readPart) : [],
    words: typeof answer.words === "string" ? answer.words : "",
  };
}

/** What is counted with; null where Python has not said it. */
export function readWorkload(value: unknown): Workload | null {
  const said = isRecord(value) ? value : {};
  const batchSize = count(said.batch_size);
  if (batchSize === null || typeof said.precision !== "string") return null;
  return { batchSize, contextLength: count(said.context_length), precision: said.precision };
}

/** As the trait holds it. */
export function writeWorkload({ batchSize, contextLength, precision }: Workload): Readonly<Record<string, unknown>> {
  return { batch_size: batchSize, context_length: contextLength, precision };
}

function readShares(value: unknown): Shares {
  const said = isRecord(value) ? value : {};
  return { flops: share(said.flops_share), parameters: share(said.parameters_share) };
}

function share(value: unknown): number {
  return Math.min(Math.max(count(value) ?? 0, 0), 1);
}

function readPart({ title, bytes }: Record<string, unknown>) {
  return { title: typeof title === "string" ? title : "", bytes: count(bytes) ?? 0 };
}
