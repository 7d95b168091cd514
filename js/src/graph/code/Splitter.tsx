import { type KeyboardEvent, type PointerEvent, useRef } from "react";

interface Props {
  readonly label: string | undefined;
  readonly onWidth: (px: number) => void;
}

const NARROWEST = 220;
const STEP = 24;

/** The left edge of a pane at the right: dragged, or moved with the arrow keys. */
export function Splitter({ label, onWidth }: Props) {
  const ref = useRef<HTMLDivElement>(null);
  const width = () => ref.current?.parentElement?.offsetWidth ?? NARROWEST;
  const set = (px: number) => onWidth(Math.max(NARROWEST, Math.round(px)));
  const onPointerDown = (event: PointerEvent) => {
    event.preventDefault(); // no text is selected on the way
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const onPointerMove = (event: PointerEvent) => {
    const edge = ref.current?.parentElement?.getBoundingClientRect().right;
    if (edge !== undefined && event.currentTarget.hasPointerCapture(event.pointerId)) set(edge - event.clientX);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowLeft: STEP, ArrowRight: -STEP }[event.key];
    if (step !== undefined) set(width() + step);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule (hr) is not moved
    <div
      ref={ref}
      className="slm-splitter"
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={width()}
      tabIndex={0}
      data-testid="splitter"
      {...{ onPointerDown, onPointerMove, onKeyDown }}
    />
  );
}
