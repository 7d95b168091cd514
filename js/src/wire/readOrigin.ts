import { isRecord } from "./readStack";

/** Where an editor was begun, as Python names it; both empty where it does not. */
export interface Origin {
  /** The same each time that a cell opens this editor with one design, or one file. */
  readonly place: string;
  /** Another one for each editor, or at least for each kernel. */
  readonly session: string;
}

/** Whatever came over the wire as an origin; an empty one where that is none. */
export function readOrigin(value: unknown): Origin {
  const { place, session } = isRecord(value) ? value : {};
  return typeof place === "string" && typeof session === "string" ? { place, session } : { place: "", session: "" };
}
