import { type PointerEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Analysis, LayerStack, Palette, Texts } from "../../wire/types";
import { Drawing } from "../drawing/Drawing";
import type { Mark } from "../drawing/nodeTypes";
import { useLayout } from "../drawing/useLayout";
import { useView } from "../drawing/useView";
import { useCards } from "../editor/useCards";
import { useFolding } from "../editor/useFolding";
import { usePageId } from "../editor/usePageId";
import { flatten, type Item } from "../stack/outline";
import { problemsById } from "../stack/problems";

export interface OtherDesign {
  readonly nodes: LayerStack;
  readonly items: readonly Item[];
  readonly analysis: Analysis;
}

interface Props {
  readonly name: string;
  readonly other: OtherDesign;
  readonly palette: Palette;
  readonly texts: Texts;
  readonly marks: ReadonlyMap<string, Mark>;
  readonly selected: string | null;
  readonly onSelect: (key: string | null) => void;
}

const NOTHING: ReadonlySet<string> = new Set();
const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };
const doNothing = () => {};

/** The other design, to look at. */
export function OtherDrawing({ name, other, palette, texts, marks, selected, onSelect }: Props) {
  const { items, analysis } = other;
  const paneRef = useRef<HTMLDivElement>(null);
  const prefix = usePageId();
  const domId = useCallback((key: string) => `${prefix}-${key}`, [prefix]);
  const [names, setNames] = useState<readonly string[]>([]);
  const folding = useFolding(items, names, setNames);
  const { layout, onHeight } = useLayout(items, palette, folding.folded);
  const view = useView(paneRef, layout);
  const problems = useMemo(() => problemsById(analysis), [analysis]);
  const words = useMemo(() => ({ ...texts, drawing: name, locked: "" }), [texts, name]);
  const keys = useMemo(() => new Set(flatten(items).map(({ key }) => key)), [items]);
  const nodes = useCards({
    ...{ layout, palette, analysis, problems, marks, domId, onHeight },
    ...{ texts: words, jumps: 0, dragged: NOTHING, target: null, isDimmed: null },
    locked: keys, // its numbers are only read
    selected: useMemo(() => (selected === null ? NOTHING : new Set([selected])), [selected]),
    onGrab: (item: Item, event: PointerEvent) => {
      event.stopPropagation(); // the block around it is not meant
      onSelect(item.key);
    },
    onField: doNothing,
    onSettle: doNothing,
    onFold: folding.toggle,
  });

  const { uncover } = folding;
  const { reveal } = view;
  const place = layout.placed.find(({ item }) => item.key === selected);
  const isShown = place !== undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new selection moves the view, not every new layout
  useEffect(() => {
    const item = flatten(items).find(({ key }) => key === selected);
    if (place) reveal(place);
    else if (item) uncover(item);
  }, [selected, isShown, reveal]);

  const shown = layout.placed.map(({ item }) => item); // a block before what stands in it
  return (
    <Drawing
      {...{ paneRef, nodes, layout, shapeOf: null, texts: words }}
      activeId={selected === null ? undefined : domId(selected)}
      isDragging={false}
      isReadOnly
      gap={null}
      gapTitle=""
      takes={() => false}
      locate={() => null}
      onFork={doNothing}
      onBox={doNothing}
      onClear={() => onSelect(null)}
      onMoved={view.onMoved}
      onContextMenu={doNothing}
      onKeyDown={(event) => {
        const step = STEPS[event.key];
        if (step === undefined) return;
        event.preventDefault();
        event.stopPropagation(); // the design beside it is not meant
        const at = shown.findIndex(({ key }) => key === selected);
        const next = shown[Math.min(Math.max(at + step, 0), shown.length - 1)];
        if (next) onSelect(next.key);
      }}
    />
  );
}
