import { useEffect, useRef } from "react";
import type { Comparison } from "../../wire/readComparison";
import type { Texts } from "../../wire/types";
import { DifferenceLegend } from "./DifferenceLegend";
import type { DifferenceLine } from "./differences";
import { SIGNS } from "./signs";

interface Props {
  readonly comparison: Comparison;
  readonly lines: readonly DifferenceLine[];
  readonly texts: Texts;
  readonly selected: { readonly own: string | null; readonly other: string | null };
  readonly onSelect: (line: DifferenceLine) => void;
}

/** All differences as a list; a click goes to the place on both sides. */
export function DifferenceList({ comparison, lines, texts, selected, onSelect }: Props) {
  const { totals, trouble } = comparison;
  const ref = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is selected is brought into sight
  useEffect(() => {
    const [list, line] = [ref.current, ref.current?.querySelector<HTMLElement>("[aria-current]")];
    if (!list || !line) return;
    const top = line.offsetTop - list.offsetTop; // only the list is scrolled, never the notebook
    const isSeen = top >= list.scrollTop && top + line.offsetHeight <= list.scrollTop + list.clientHeight;
    if (!isSeen) list.scrollTop = top - list.clientHeight / 3;
  }, [selected.own, selected.other]);
  if (trouble !== "") {
    return (
      <p className="slm-compare-trouble" role="alert">
        {trouble}
      </p>
    );
  }
  return (
    <div ref={ref} className="slm-compare-list" data-testid="compare-list">
      <p role="status">{lines.length === 0 && totals.length === 0 ? texts.compare_same : totals.join(" · ")}</p>
      <DifferenceLegend {...{ lines, texts }} name={comparison.name} />
      <ul aria-label={texts.compare_list}>
        {lines.map((line) => {
          const isHere = line.own === null ? line.other === selected.other : line.own === selected.own;
          return (
            <li key={`${line.own}/${line.other}`}>
              <button
                type="button"
                data-mark={line.kind}
                data-testid="difference"
                aria-current={isHere || undefined}
                onClick={() => onSelect(line)}
              >
                <span className="slm-compare-sign" aria-hidden="true">
                  {SIGNS[line.kind]}
                </span>
                <span>
                  <strong>{line.title || line.id}</strong>
                  {line.title !== "" && line.title !== line.id && <span className="slm-muted"> {line.id}</span>}
                  <br />
                  {line.words}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
