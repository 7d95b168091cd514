import { isRecord } from "./readStack";

/** Where an editor was begun, as Python names it; both empty where a file keeps the drawing. */
export interface Origin {
  /** The same for each editor that a cell opens with one design. */
  readonly place: string;
  /** Another one for each editor, or at least for each kernel. */
  readonly session: string;
}

/** Whatever came over the wire as an origin; an empty one where that is none. */
export function readOrigin(value: unknown): Origin {
  const { place, session } = isRecord(value) ? value : {};
  return typeof place === "string" && typeof session === "string" ? { place, session } : { place: "", session: "" };
}
