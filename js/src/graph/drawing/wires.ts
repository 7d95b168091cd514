import type { Layout } from "./layout";
import { arcPath, linePath, type WirePath } from "./wirePaths";

export interface Wire extends WirePath {
  readonly key: string;
  /** What flows through the layers, or what is added or looked at beside. */
  readonly kind: "flow" | "arc";
  /** The item whose output it carries; null where that is what flows into a block, or into the model. */
  readonly carries: string | null;
}

/** The layout's lines and arcs, each with its path. */
export function wiresOf({ lines, arcs }: Layout): Wire[] {
  return [
    ...lines.map((line) => ({ key: line.key, kind: "flow" as const, carries: line.carries, ...linePath(line) })),
    ...arcs.map((arc) => {
      const kind = arc.side === "left" ? ("flow" as const) : ("arc" as const);
      return { key: arc.key, kind, carries: arc.carries, ...arcPath(arc) };
    }),
  ];
}
