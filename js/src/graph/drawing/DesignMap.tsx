import { Panel, useReactFlow, useStore } from "@xyflow/react";
import { memo, type PointerEvent, useMemo } from "react";
import type { Layout, Placed } from "./layout";

interface Props {
  readonly layout: Layout;
  readonly label: string | undefined;
  /** The view was moved by hand. */
  readonly onMoved: () => void;
}

const WIDTH = 56;
const HEIGHT = 150;
const MARGIN = 4;

/**
 * The whole of a large drawing, small, and what part of it is seen; the view follows the pointer.
 *
 * React Flow has a map, too, in which every card is a component that listens to everything: slow with thousands.
 */
export function DesignMap({ layout, label, onMoved }: Props) {
  const { box } = layout;
  const flow = useReactFlow();
  // As wide as there is room: to scale, thousands of cards would be a hair.
  const [across, down] = [
    (WIDTH - 2 * MARGIN) / Math.max(box.width, 1),
    (HEIGHT - 2 * MARGIN) / Math.max(box.height, 1),
  ];
  const [left, top] = [MARGIN - box.x * across, MARGIN - box.y * down];
  const goTo = (event: PointerEvent<Element>) => {
    if (event.buttons !== 1) return;
    const map = event.currentTarget.getBoundingClientRect();
    const [x, y] = [(event.clientX - map.left - left) / across, (event.clientY - map.top - top) / down];
    onMoved();
    void flow.setCenter(x, y, { zoom: flow.getZoom() });
  };
  return (
    <Panel position="bottom-right" className="slm-map nopan">
      <svg
        width={WIDTH}
        height={HEIGHT}
        role="img"
        aria-label={label ?? ""}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          goTo(event);
        }}
        onPointerMove={goTo}
      >
        <g transform={`translate(${left} ${top}) scale(${across} ${down})`}>
          <Cards placed={layout.placed} />
          <Seen />
        </g>
      </svg>
    </Panel>
  );
}

/** All cards in one path, all frames in another. */
const Cards = memo(function Cards({ placed }: { readonly placed: readonly Placed[] }) {
  const [cards, frames] = useMemo(() => {
    const drawn = (isFrame: boolean) =>
      placed
        .filter(({ item, isFolded }) => (item.isBlock && !isFolded) === isFrame)
        .map(({ x, y, width, height }) => `M${x} ${y}h${width}v${height}h${-width}z`)
        .join("");
    return [drawn(false), drawn(true)];
  }, [placed]);
  return (
    <>
      <path className="slm-map-frame" d={frames} />
      <path className="slm-map-card" d={cards} />
    </>
  );
});

/** What the pane shows of it. */
function Seen() {
  const [x, y, zoom] = useStore((state) => state.transform);
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  return <rect className="slm-map-seen" x={-x / zoom} y={-y / zoom} width={width / zoom} height={height / zoom} />;
}
