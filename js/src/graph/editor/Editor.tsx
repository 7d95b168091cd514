import { type CSSProperties, type PointerEvent, useCallback, useEffect, useId, useMemo, useRef, useState } from "react";
import type { Data } from "../../wire/types";
import { CodePane } from "../code/CodePane";
import { useCode } from "../code/useCode";
import { DragGhost } from "../drawing/DragGhost";
import { Drawing } from "../drawing/Drawing";
import { edgeSpeed } from "../drawing/edgeSpeed";
import { nodeTitle } from "../drawing/summary";
import { type Dragged, type Target, takes, useDrag } from "../drawing/useDrag";
import { useLayout } from "../drawing/useLayout";
import { useView } from "../drawing/useView";
import { Inspector } from "../inspector/Inspector";
import { Overview } from "../inspector/Overview";
import { PalettePane } from "../palette/PalettePane";
import { flatten, type Item } from "../stack/outline";
import { problemsById } from "../stack/problems";
import type { GraphEditorProps } from "./GraphEditor";
import { StatusLine } from "./StatusLine";
import { Toolbar } from "./Toolbar";
import { useCards } from "./useCards";
import { useGestures } from "./useGestures";
import { useKeyboard } from "./useKeyboard";
import { useSelection } from "./useSelection";

/** Palette, drawing and inspector, and what passes between them. */
export function Editor(props: GraphEditorProps) {
  const { stack, palette, analysis, texts, jumps, onChange, onSettle } = props;
  const rootRef = useRef<HTMLDivElement>(null);
  const paneRef = useRef<HTMLDivElement>(null);
  const inspectorRef = useRef<HTMLElement>(null);
  const prefix = useId();
  const domId = useCallback((key: string) => `${prefix}-${key}`, [prefix]);

  const { items, layout, onHeight } = useLayout(stack, palette);
  const { selected, select } = useSelection(items);
  const problems = useMemo(() => problemsById(analysis), [analysis]);
  const [hasCode, setHasCode] = useState(false);
  const [codeWidth, setCodeWidth] = useState<number | null>(null);
  const code = useCode(hasCode, props.askCode, analysis);
  const gestures = useGestures({ stack, palette, selected, onSelect: select, onChange });
  const view = useView(paneRef, layout);

  const onDrop = (dragged: Dragged, target: Target) => {
    // The stack may have changed under the pointer: a node is wherever it is now.
    const now = (item: Item) => flatten(items).find(({ key }) => key === item.key);
    if ("item" in target) {
      const item = now(target.item);
      if (item && "fork" in dragged) gestures.connect(item, dragged.fork.reference);
    } else if ("entry" in dragged) {
      gestures.insert(dragged.entry.newNode, target.path);
    } else if ("item" in dragged) {
      const item = now(dragged.item);
      if (item) gestures.move(item, target.path);
    }
  };
  const panNear = (y: number) => {
    const pane = paneRef.current?.getBoundingClientRect();
    const speed = pane ? edgeSpeed(y, pane.top, pane.bottom) : 0;
    if (speed !== 0) view.panBy(speed);
  };
  const { drag, ghost, start } = useDrag({ rootRef, layout, locate: view.locate, panNear, onDrop });
  const dragged = drag?.dragged ?? null;
  const target = drag?.target ?? null;

  const focusDrawing = () => paneRef.current?.focus({ preventScroll: true });
  const mend = (key: string, fields: Data) => {
    const item = flatten(items).find((candidate) => candidate.key === key);
    if (item) gestures.mend(item, fields);
    focusDrawing(); // the button goes with the problem, and keys would reach the notebook
  };
  const grab = (item: Item, event: PointerEvent) => {
    event.stopPropagation(); // the block around it is not meant
    select(item.key);
    start({ item }, event);
  };
  const remove = () => {
    gestures.remove();
    focusDrawing();
  };

  const closeCode = () => {
    setHasCode(false);
    focusDrawing();
  };
  const leave = () => (selected ? select(null) : setHasCode(false));
  const commands = { undo: props.onUndo, redo: props.onRedo, remove, duplicate: gestures.duplicate, leave };
  const { onEditorKey, onDrawingKey } = useKeyboard({ items, selected, select, commands, paneRef, inspectorRef });

  const nodes = useCards({
    ...{ layout, palette, analysis, problems, texts, jumps, selected, domId, onHeight, onSettle },
    dragged: dragged && "item" in dragged ? dragged.item : null,
    target: target && "item" in target ? target.item : null,
    onGrab: grab,
    onField: gestures.setField,
  });

  const { reveal } = view;
  const place = layout.placed.find(({ item }) => item.key === selected?.key);
  const placeRef = useRef(place);
  placeRef.current = place;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new selection moves the view, not every new layout
  useEffect(() => {
    if (placeRef.current) reveal(placeRef.current);
  }, [selected?.key, reveal]);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it hears the keys of everything inside
    <div
      ref={rootRef}
      className="slm-layout"
      data-code={hasCode || undefined}
      style={codeWidth === null ? undefined : ({ "--slm-code-width": `${codeWidth}px` } as CSSProperties)}
      onKeyDown={onEditorKey}
    >
      <PalettePane
        palette={palette}
        texts={texts}
        onGrab={(entry, event) => start({ entry }, event)}
        onAppend={(entry) => gestures.append(entry.newNode)}
      />
      <div className="slm-middle">
        <Toolbar
          texts={texts}
          canUndo={props.canUndo}
          canRedo={props.canRedo}
          hasSelection={selected !== null}
          hasCode={hasCode}
          onUndo={props.onUndo}
          onRedo={props.onRedo}
          onRemove={remove}
          onDuplicate={gestures.duplicate}
          onZoom={view.zoom}
          onFit={() => view.fitView()}
          onCode={() => setHasCode(!hasCode)}
          onLanguage={props.onLanguage}
        />
        <Drawing
          paneRef={paneRef}
          nodes={nodes}
          layout={layout}
          activeId={selected ? domId(selected.key) : undefined}
          isDragging={drag !== null}
          gap={target && !("item" in target) ? target : null}
          takes={(gap) => takes(dragged, gap)}
          texts={texts}
          onFork={(fork, event) => start({ fork }, event)}
          onClear={() => select(null)}
          onMoved={view.onMoved}
          onKeyDown={onDrawingKey}
        />
      </div>
      {hasCode && <CodePane code={code} texts={texts} onWidth={setCodeWidth} onClose={closeCode} />}
      <aside ref={inspectorRef} className="slm-inspector" aria-label={texts.inspector} data-testid="inspector">
        {selected ? (
          <Inspector
            item={selected}
            problems={problems.get(selected.key) ?? []}
            onField={gestures.setField}
            onMend={({ key }, fields) => mend(key, fields)}
            {...{ stack, palette, texts, jumps, onSettle }}
          />
        ) : (
          <Overview analysis={analysis} texts={texts} onSelect={select} onMend={mend} />
        )}
      </aside>
      <StatusLine
        analysis={analysis}
        texts={texts}
        isChecking={props.isChecking}
        notice={props.notice}
        onProblems={() => select(null)}
      />
      {dragged && <DragGhost ref={ghost} {...ghostFacts(dragged, props)} />}
    </div>
  );
}

function ghostFacts(dragged: Dragged, { palette }: GraphEditorProps) {
  if ("fork" in dragged) return { title: `← ${dragged.fork.reference}`, colour: null };
  const entry = "entry" in dragged ? dragged.entry : palette.get(dragged.item.node.type);
  const title = "entry" in dragged ? dragged.entry.title : nodeTitle(dragged.item.node, entry);
  return { title, colour: entry?.colour ?? null };
}
