import { isRecord } from "./readStack";
import type { Data } from "./types";

/** What belongs to a design besides its layers; whatever else came over the wire is none. */
export function readConfig(value: unknown): Data {
  return isRecord(value) ? value : {};
}
