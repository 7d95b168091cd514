import { type CSSProperties, type PointerEvent, useCallback, useMemo, useRef, useState } from "react";
import type { Data } from "../../wire/types";
import { marksOf } from "../compare/marks";
import { DragGhost } from "../drawing/DragGhost";
import { Drawing } from "../drawing/Drawing";
import { fill, formatShape } from "../drawing/format";
import type { Box, Fork } from "../drawing/layout";
import { takes } from "../drawing/useDrag";
import { useLayout } from "../drawing/useLayout";
import { touches } from "../drawing/useMarquee";
import { useView } from "../drawing/useView";
import { PalettePane } from "../palette/PalettePane";
import { flatten, type Item, outline, visibleItems } from "../stack/outline";
import { containerTest } from "../stack/paletteFacts";
import { problemsById } from "../stack/problems";
import type { Healed } from "../stack/removing";
import type { GraphEditorProps } from "./GraphEditor";
import { Overlays, useOverlays } from "./Overlays";
import { SettingsPane } from "./SettingsPane";
import { SidePane } from "./SidePane";
import { StatusLine } from "./StatusLine";
import { Toolbar } from "./Toolbar";
import { useCards } from "./useCards";
import { useCommands } from "./useCommands";
import { useDragging } from "./useDragging";
import { useFolding } from "./useFolding";
import { useGestures } from "./useGestures";
import { useGuard } from "./useGuard";
import { useKeptFocus } from "./useKeptFocus";
import { useKeyboard } from "./useKeyboard";
import { useLayerClipboard } from "./useLayerClipboard";
import { usePageId } from "./usePageId";
import { usePane } from "./usePane";
import { useReveal } from "./useReveal";
import { useSaid } from "./useSaid";
import { useSeenSelection } from "./useSeenSelection";
import { useSelection } from "./useSelection";
import { useStable } from "./useStable";

/** Palette, drawing and inspector, and what passes between them. */
export function Editor(props: GraphEditorProps) {
  const { stack, palette, analysis, texts, rules, jumps, onSettle } = props;
  const rootRef = useRef<HTMLDivElement>(null);
  const paneRef = useRef<HTMLDivElement>(null);
  const inspectorRef = useRef<HTMLElement>(null);
  const prefix = usePageId();
  const domId = useCallback((key: string) => `${prefix}-${key}`, [prefix]);
  const focusDrawing = useCallback(() => paneRef.current?.focus({ preventScroll: true }), []);

  useKeptFocus(rootRef, focusDrawing);

  const [said, say] = useSaid(stack);
  const { pane, toggle, close } = usePane(
    props.comparison !== null,
    () => void props.ask("end-compare").catch(() => {}),
  );
  const [hasShapes, setHasShapes] = useState(false);
  const overlays = useOverlays(rootRef);
  const [paneWidth, setPaneWidth] = useState<number | null>(null);

  const items = useMemo(() => outline(stack, containerTest(palette)), [stack, palette]);
  const folding = useFolding(items, props.folded, props.onFold);
  const shown = useMemo(() => visibleItems(items, folding.folded), [items, folding.folded]);
  const offered = useMemo(
    () => new Map([...palette].filter(([type]) => rules.allowed?.has(type) ?? true)),
    [palette, rules.allowed],
  );
  const { layout, onHeight } = useLayout(items, palette, folding.folded);
  const view = useView(paneRef, layout);
  const shapeOf = useMemo(
    () => (hasShapes ? (key: string) => formatShape(analysis.layers.get(key)?.out ?? null) : null),
    [hasShapes, analysis],
  );
  const problems = useMemo(() => problemsById(analysis), [analysis]);
  const selection = useSelection(items);
  const { lead, chosen, keys, select } = selection;
  useSeenSelection(items, folding.folded, selection);

  const onChange = useGuard({ rules, texts, onChange: props.onChange, say });
  const onHealed = useCallback(
    (healed: readonly Healed[]) => {
      const words = healed.map(({ id, to }) =>
        to === null ? fill(texts.said_healed_before, { id }) : fill(texts.said_healed, { id, to }),
      );
      if (words.length > 0) say(words.join(" "));
    },
    [say, texts],
  );
  const gestures = useGestures({ stack, palette, chosen, lead, onSelect: selection.selectAll, onChange, onHealed });
  const dragging = useDragging({
    ...{ rootRef, paneRef, items, layout, palette, texts, view, selection, gestures, rules },
  });
  const clipboard = useLayerClipboard({ ask: props.ask, gestures, count: chosen.length, texts, say, focusDrawing });
  const { wish, jump } = useReveal({ lead, layout, items, folding, view, onSelect: select });
  const endPane = () => {
    close();
    focusDrawing();
  };
  const leave = () => (chosen.length > 0 ? select(null) : endPane());
  const commands = useCommands({
    ...{ items, analysis, texts, selection, gestures, folding, clipboard, view, hasShapes, rootRef, focusDrawing, say },
    ...{ canUndo: props.canUndo, canRedo: props.canRedo, onUndo: props.onUndo, onRedo: props.onRedo },
    isReadOnly: rules.isReadOnly,
    onShapes: setHasShapes,
    onHelp: () => overlays.setHasKeys(true),
    onJump: jump,
    onLeave: leave,
  });
  const { onEditorKey, onDrawingKey } = useKeyboard({
    ...{ items: shown, selection, folding, commands, paneRef, inspectorRef },
  });

  const marks = useMemo(() => marksOf(props.comparison, "own", texts), [props.comparison, texts]);
  const nodes = useCards({
    ...{ layout, palette, analysis, problems, texts, jumps, domId, onHeight, onSettle },
    ...{ selected: keys, dragged: dragging.draggedKeys, target: dragging.target, isDimmed: dragging.isDimmed },
    costs: props.costs?.costs,
    locked: rules.locked,
    marks,
    onGrab: dragging.grab,
    onField: gestures.setField,
    onFold: folding.toggle,
  });

  const mend = (key: string, fields: Data) => {
    const item = flatten(items).find((candidate) => candidate.key === key);
    if (item) gestures.mend(item, fields);
    focusDrawing(); // the button goes with the problem, and keys would reach the notebook
  };
  const onFork = useStable((fork: Fork, event: PointerEvent) => dragging.start({ fork }, event));
  const onBox = (box: Box) =>
    selection.selectAll(
      layout.placed.filter((place) => !hasFrame(place) && touches(place, box)).map(({ item }) => item.key),
    );

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it hears the keys of everything inside
    <div
      ref={rootRef}
      className="slm-layout"
      data-code={pane !== null || undefined}
      data-readonly={rules.isReadOnly || undefined}
      style={paneWidth === null ? undefined : ({ "--slm-code-width": `${paneWidth}px` } as CSSProperties)}
      onKeyDown={onEditorKey}
      {...clipboard.handlers}
    >
      <Toolbar
        {...{ texts, commands, pane }}
        files={props.files}
        isReadOnly={rules.isReadOnly}
        onPane={toggle}
        onLanguage={props.onLanguage}
      />
      {!rules.isReadOnly && (
        <PalettePane
          palette={offered}
          texts={texts}
          onGrab={(entry, event) => dragging.start({ entry }, event)}
          onAppend={gestures.appendEntry}
        />
      )}
      <div className="slm-middle">
        <Drawing
          {...{ paneRef, nodes, layout, texts, shapeOf, onBox }}
          activeId={lead ? domId(lead.key) : undefined}
          isDragging={dragging.isDragging}
          isReadOnly={rules.isReadOnly}
          gap={dragging.gap}
          gapTitle={dragging.face?.title ?? ""}
          takes={(gap) => takes(dragging.dragged, gap)}
          locate={view.locate}
          onFork={onFork}
          onClear={() => select(null)}
          onMoved={view.onMoved}
          onKeyDown={onDrawingKey}
          onContextMenu={(event) => rules.isReadOnly || overlays.openMenu(event)}
        />
        <p className="slm-said" role="status" data-testid="said">
          {said}
        </p>
      </div>
      {pane !== null && (
        <SidePane
          {...{ pane, stack, items, palette, analysis, texts, selection }}
          ask={props.ask}
          comparison={props.comparison}
          onSelect={(id) => (id === null ? select(null) : jump(id, null))}
          onWidth={setPaneWidth}
          onClose={endPane}
        />
      )}
      <SettingsPane
        ref={inspectorRef}
        {...{ stack, palette, analysis, problems, texts, rules, jumps, selection, gestures, onSettle }}
        onJump={jump}
        focus={wish}
        onMend={mend}
        onTake={(changes) => {
          gestures.setMany(changes);
          focusDrawing();
        }}
      />
      <StatusLine
        {...{ analysis, texts }}
        isChecking={props.isChecking}
        isLost={props.isLost}
        notice={props.notice}
        costs={props.costs}
        onProblems={() => select(null)}
      />
      {dragging.face && <DragGhost ref={dragging.ghost} {...dragging.face} />}
      <Overlays {...{ overlays, commands, texts, focusDrawing }} />
    </div>
  );
}

/** Whether it stands around others, which a box then means. */
const hasFrame = ({ item, isFolded }: { item: Item; isFolded: boolean }) => item.isBlock && !isFolded;
