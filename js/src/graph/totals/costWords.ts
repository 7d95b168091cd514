import type { Costs, Texts } from "../../wire/types";
import { fill, formatBytes, formatFlops } from "../drawing/format";

/** What the operations are that are counted. */
export function flopsHelp({ flops }: Costs, texts: Texts): string {
  return flops === null ? "" : fill(texts.flops_help, { step: formatFlops(flops) });
}

/** What the memory of a training is made of, the largest part first. */
export function memoryHelp({ parts, trainingBytes, processBytes, inferenceBytes }: Costs, texts: Texts): string {
  if (trainingBytes === null) return "";
  const largest = [...parts].sort((one, other) => other.bytes - one.bytes);
  const lines = largest.map(({ title, bytes }) => `${title}: ${formatBytes(bytes)}`);
  const rest = { process: formatBytes(processBytes), inference: formatBytes(inferenceBytes) };
  return [...lines, fill(texts.memory_help, rest)].join("\n");
}
