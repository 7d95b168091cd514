import type { Texts } from "../../wire/types";
import { fill } from "../drawing/format";
import type { DifferenceLine } from "./differences";
import { SIGNS } from "./signs";

interface Props {
  readonly lines: readonly DifferenceLine[];
  readonly name: string;
  readonly texts: Texts;
}

const KINDS = ["changed", "added", "removed", "moved"] as const;

/** What the signs mean, those that occur, and how often they do. */
export function DifferenceLegend({ lines, name, texts }: Props) {
  const counted = KINDS.map((kind) => ({ kind, count: lines.filter((line) => line.kind === kind).length }));
  return (
    <p className="slm-compare-legend">
      {counted
        .filter(({ count }) => count > 0)
        .map(({ kind, count }) => (
          <span key={kind} data-mark={kind}>
            <span className="slm-compare-sign" aria-hidden="true">
              {SIGNS[kind]}
            </span>{" "}
            {fill(texts[`mark_${kind}`], { name })}: {count}
          </span>
        ))}
    </p>
  );
}
