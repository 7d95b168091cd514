import { ReactFlowProvider } from "@xyflow/react";
import { useEffect, useMemo, useState } from "react";
import type { Comparison } from "../../wire/readComparison";
import type { Ask } from "../../wire/requests";
import type { LayerStack, Palette, Texts } from "../../wire/types";
import { Splitter } from "../code/Splitter";
import { fill } from "../drawing/format";
import { CloseButton } from "../menu/CloseButton";
import { CompareChoice } from "./CompareChoice";
import { DifferenceList } from "./DifferenceList";
import { type DifferenceLine, differenceLines } from "./differences";
import { counterparts, marksOf } from "./marks";
import { OtherDrawing } from "./OtherDrawing";
import { useCompare } from "./useCompare";
import { useOther } from "./useOther";

interface Props {
  /** Null while nothing was chosen to compare with. */
  readonly comparison: Comparison | null;
  /** The design that is drawn. */
  readonly stack: LayerStack;
  readonly palette: Palette;
  readonly texts: Texts;
  /** The key of what is selected there. */
  readonly lead: string | null;
  readonly ask: Ask;
  /** Selects and shows a layer there; null selects nothing. */
  readonly onSelect: (key: string | null) => void;
  readonly onWidth: (px: number) => void;
  readonly onClose: () => void;
}

/** Another design beside the one that is drawn, what differs marked on it, and a list of all that does. */
export function ComparePane(props: Props) {
  const { comparison, texts, ask, onWidth, onClose } = props;
  const compare = useCompare(ask);
  return (
    <section
      className="slm-compare"
      data-testid="compare-pane"
      data-reading
      aria-label={texts.compare}
      aria-busy={compare.isWaiting}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onClose();
      }}
    >
      <Splitter label={texts.compare_width} onWidth={onWidth} />
      <header className="slm-code-header">
        <h3>{comparison ? fill(texts.compare_names, { name: comparison.name }) : texts.compare}</h3>
        <span className="slm-stretch" />
        {comparison && (
          <button type="button" className="slm-button" data-testid="compare-another" onClick={compare.end}>
            {texts.compare_another}
          </button>
        )}
        <CloseButton id="compare-close" texts={texts} onClose={onClose} />
      </header>
      {comparison ? (
        <ReactFlowProvider>
          <Compared {...props} comparison={comparison} />
        </ReactFlowProvider>
      ) : (
        <CompareChoice {...{ ask, compare, texts }} />
      )}
    </section>
  );
}

/** The other design over the list of differences. */
function Compared({ comparison, stack, palette, texts, lead, onSelect }: Props & { readonly comparison: Comparison }) {
  const other = useOther(comparison, palette);
  const marks = useMemo(() => marksOf(comparison, "other", texts), [comparison, texts]);
  const lines = useMemo(
    () => differenceLines(comparison, { own: stack, other: other.nodes, palette, texts }),
    [comparison, stack, other.nodes, palette, texts],
  );
  const toOwn = useMemo(() => counterparts(comparison, "other"), [comparison]);
  const toOther = useMemo(() => counterparts(comparison, "own"), [comparison]);
  const [alone, setAlone] = useState<string | null>(null); // what nothing in the drawing answers to
  useEffect(() => {
    if (lead !== null) setAlone(null);
  }, [lead]);
  const selected = lead === null ? alone : (toOther.get(lead) ?? null);
  const selectOther = (key: string | null) => {
    const own = toOwn.get(key ?? "") ?? null;
    setAlone(own === null ? key : null);
    onSelect(own);
  };
  const selectLine = ({ own, other: theirs }: DifferenceLine) => (own === null ? selectOther(theirs) : onSelect(own));
  return (
    <>
      <OtherDrawing name={comparison.name} onSelect={selectOther} {...{ other, palette, texts, marks, selected }} />
      <DifferenceList
        {...{ comparison, lines, texts }}
        selected={{ own: lead, other: selected }}
        onSelect={selectLine}
      />
    </>
  );
}
