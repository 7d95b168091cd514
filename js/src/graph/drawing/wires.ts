import type { Edge } from "@xyflow/react";
import type { Layout } from "./layout";
import { arcPath, linePath, type WirePath } from "./wirePaths";

export type WireEdge = Edge<WirePath & Record<string, unknown>, "flow" | "arc">;

/** The layout's lines and arcs as React Flow's edges, which carry their path with them. */
export function wires(layout: Layout): WireEdge[] {
  return [
    ...layout.lines.map((line) => wire("flow", { source: line.node, target: line.node, ...line }, linePath(line))),
    ...layout.arcs.map((arc) => wire(arc.side === "left" ? "flow" : "arc", arc, arcPath(arc))),
  ];
}

interface Ends {
  readonly key: string;
  readonly source: string;
  readonly target: string;
  readonly depth: number;
}

function wire(type: "flow" | "arc", { key, source, target, depth }: Ends, path: WirePath): WireEdge {
  // A screen reader hears of references from the cards; React Flow's own words would be English.
  const silent = { ariaLabel: null, ariaRole: "presentation" } as unknown as Pick<WireEdge, "ariaLabel">;
  return { id: key, type, source, target, zIndex: wireLevel(depth), data: { ...path }, ...silent };
}

/** Frames lie at the bottom, the wires of each depth on the frame around them, cards on top of their wires. */
export const wireLevel = (depth: number): number => 2 * depth + 1;
export const nodeLevel = (depth: number): number => 2 * depth;
