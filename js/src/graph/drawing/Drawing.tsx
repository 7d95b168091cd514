import { ReactFlow, type Viewport } from "@xyflow/react";
import type { KeyboardEvent, PointerEvent, RefObject } from "react";
import type { Texts } from "../../wire/types";
import { BlockFrame } from "./BlockFrame";
import { ArcWire, FlowWire } from "./edges";
import { ForkDots } from "./ForkDots";
import { GapMarks } from "./GapMarks";
import { LayerCard } from "./LayerCard";
import type { Fork, Gap, Layout } from "./layout";
import type { CardNode } from "./nodeTypes";
import { SMALLEST } from "./viewport";
import { wires } from "./wires";

interface Props {
  readonly paneRef: RefObject<HTMLDivElement | null>;
  readonly nodes: CardNode[];
  readonly layout: Layout;
  readonly activeId: string | undefined;
  readonly isDragging: boolean;
  readonly gap: Gap | null;
  readonly takes: (gap: Gap) => boolean;
  readonly texts: Texts;
  readonly onFork: (fork: Fork, event: PointerEvent) => void;
  readonly onClear: () => void;
  readonly onMoved: () => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

const NODE_TYPES = { card: LayerCard, frame: BlockFrame };
const EDGE_TYPES = { flow: FlowWire, arc: ArcWire };
// React Flow would listen for these on the whole document, and so hear keys meant for notebook cells.
const NO_KEYS = {
  deleteKeyCode: null,
  selectionKeyCode: null,
  multiSelectionKeyCode: null,
  panActivationKeyCode: null,
};

/** The design as a picture, from top to bottom. It only shows: every change goes through the callbacks. */
export function Drawing(props: Props) {
  const { paneRef, nodes, layout, activeId, isDragging, gap, takes, texts, onClear, onMoved, onKeyDown } = props;
  return (
    <div
      ref={paneRef}
      className="slm-drawing"
      data-testid="drawing"
      data-dragging={isDragging || undefined}
      role="tree"
      tabIndex={0}
      aria-label={texts.drawing}
      aria-activedescendant={activeId}
      onKeyDown={onKeyDown}
    >
      <ReactFlow
        {...NO_KEYS}
        nodes={nodes}
        edges={wires(layout)}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        elevateNodesOnSelect={false}
        disableKeyboardA11y
        zoomOnScroll={false}
        zoomOnDoubleClick={false}
        preventScrolling={false}
        zoomActivationKeyCode="Control"
        minZoom={SMALLEST}
        maxZoom={1.5}
        onPaneClick={onClear}
        onMoveStart={(event: MouseEvent | TouchEvent | null, _view: Viewport) => event && onMoved()}
      >
        <ForkDots forks={layout.forks} title={texts.fork} onGrab={props.onFork} />
        <GapMarks gaps={layout.gaps} isDragging={isDragging} active={gap} takes={takes} />
      </ReactFlow>
      {nodes.length === 0 && <p className="slm-empty">{texts.empty_drawing}</p>}
    </div>
  );
}
