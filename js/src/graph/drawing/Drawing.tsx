import { ReactFlow, type Viewport, ViewportPortal } from "@xyflow/react";
import {
  type KeyboardEvent,
  type PointerEvent,
  type MouseEvent as ReactMouseEvent,
  type RefObject,
  useRef,
} from "react";
import type { Texts } from "../../wire/types";
import { BlockFrame } from "./BlockFrame";
import { DesignMap } from "./DesignMap";
import { DrawnWires } from "./DrawnWires";
import { ForkDots } from "./ForkDots";
import { GapMarks } from "./GapMarks";
import { LayerCard } from "./LayerCard";
import type { Box, Fork, Gap, Layout } from "./layout";
import type { CardNode } from "./nodeTypes";
import { useMarquee } from "./useMarquee";
import { SMALLEST } from "./viewport";

interface Props {
  readonly paneRef: RefObject<HTMLDivElement | null>;
  readonly nodes: CardNode[];
  readonly layout: Layout;
  readonly activeId: string | undefined;
  /** The shape of what comes out of an item, for the wires; null where it is not wanted there. */
  readonly shapeOf: ((key: string) => string) | null;
  readonly isDragging: boolean;
  /** Whether nothing can be changed here. */
  readonly isReadOnly: boolean;
  readonly gap: Gap | null;
  readonly gapTitle: string;
  readonly takes: (gap: Gap) => boolean;
  readonly texts: Texts;
  readonly locate: (x: number, y: number) => { x: number; y: number } | null;
  readonly onFork: (fork: Fork, event: PointerEvent) => void;
  readonly onBox: (box: Box) => void;
  readonly onClear: () => void;
  readonly onMoved: () => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onContextMenu: (event: ReactMouseEvent) => void;
}

const NODE_TYPES = { card: LayerCard, frame: BlockFrame };
// React Flow would listen for these on the whole document, and so hear keys meant for notebook cells.
const NO_KEYS = {
  deleteKeyCode: null,
  selectionKeyCode: null,
  multiSelectionKeyCode: null,
  panActivationKeyCode: null,
};
/** From so many cards on, a small map shows where one is, and only what is seen is drawn. */
const LARGE = 40;

/** React Flow calls itself an application, and has a link to its makers; nothing but items may stand in a tree. */
function quieten(flow: HTMLElement | null) {
  flow?.setAttribute("role", "presentation");
  const credit = flow?.querySelector(".react-flow__attribution");
  credit?.setAttribute("aria-hidden", "true");
  credit?.querySelector("a")?.setAttribute("tabindex", "-1");
}

/** The design as a picture, from top to bottom. It only shows: every change goes through the callbacks. */
export function Drawing(props: Props) {
  const { paneRef, nodes, layout, texts, isDragging, isReadOnly } = props;
  // React Flow's own elements stand between the tree and its items.
  const owned = nodes.map(({ data }) => data.domId).join(" ");
  const marquee = useMarquee({ locate: props.locate, onBox: props.onBox });
  // A card may move into sight once it is pressed; what is then let go over the ground was no click there.
  const isOnGround = useRef(false);
  const onPointerDownCapture = (event: PointerEvent) => {
    isOnGround.current = event.target instanceof Element && event.target.classList.contains("react-flow__pane");
    marquee.handlers.onPointerDownCapture(event);
  };
  return (
    <div
      ref={paneRef}
      className="slm-drawing"
      data-testid="drawing"
      data-dragging={isDragging || undefined}
      data-readonly={isReadOnly || undefined}
      role="tree"
      tabIndex={0}
      aria-label={texts.drawing}
      aria-multiselectable
      aria-activedescendant={props.activeId}
      aria-owns={owned}
      onKeyDown={props.onKeyDown}
      onContextMenu={props.onContextMenu}
      {...marquee.handlers}
      onPointerDownCapture={onPointerDownCapture}
    >
      <ReactFlow
        ref={quieten}
        {...NO_KEYS}
        nodes={nodes}
        nodeTypes={NODE_TYPES}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        elementsSelectable={false}
        elevateNodesOnSelect={false}
        disableKeyboardA11y
        zoomOnScroll={false}
        zoomOnDoubleClick={false}
        preventScrolling={false}
        zoomActivationKeyCode="Control"
        onlyRenderVisibleElements={nodes.length > LARGE}
        attributionPosition="bottom-left"
        minZoom={SMALLEST}
        maxZoom={1.5}
        onPaneClick={(event) => event.shiftKey || !isOnGround.current || props.onClear()}
        onMoveStart={(event: MouseEvent | TouchEvent | null, _view: Viewport) => event && props.onMoved()}
      >
        <DrawnWires layout={layout} shapeOf={props.shapeOf} />
        {!isReadOnly && <ForkDots forks={layout.forks} title={texts.fork} onGrab={props.onFork} />}
        <GapMarks
          gaps={layout.gaps}
          isDragging={isDragging}
          active={props.gap}
          takes={props.takes}
          title={props.gapTitle}
        />
        {marquee.box && <Marquee box={marquee.box} />}
        {nodes.length > LARGE && <DesignMap layout={layout} label={texts.map} onMoved={props.onMoved} />}
      </ReactFlow>
      {nodes.length === 0 && <p className="slm-empty">{texts.empty_drawing}</p>}
    </div>
  );
}

function Marquee({ box: { x, y, width, height } }: { readonly box: Box }) {
  return (
    <ViewportPortal>
      <div className="slm-marquee" style={{ transform: `translate(${x}px, ${y}px)`, width, height }} />
    </ViewportPortal>
  );
}
