import { type PointerEvent, type RefObject, useCallback, useEffect, useRef, useState } from "react";
import type { PaletteEntry } from "../../wire/types";
import { canMoveAll } from "../stack/moving";
import type { Item } from "../stack/outline";
import { cardAt } from "./cardAt";
import type { Fork, Gap, Layout, Placed } from "./layout";
import { nearestGap } from "./nearestGap";

/** A new layer from the palette, layers that move, or a wire from a place on the line. */
export type Dragged = { readonly entry: PaletteEntry } | { readonly items: readonly Item[] } | { readonly fork: Fork };

/** Where it would go: a layer into a gap, a wire to a card. */
export type Target = Gap | Placed;

interface Options {
  readonly rootRef: RefObject<HTMLElement | null>;
  readonly layout: Layout;
  readonly locate: (x: number, y: number) => { x: number; y: number } | null;
  readonly panNear: (y: number) => void;
  /** Whether letting go over the target would do something. */
  readonly accepts: (dragged: Dragged, target: Target) => boolean;
  readonly onDrop: (dragged: Dragged, target: Target) => void;
  /** It was pressed and let go in the same place. */
  readonly onClick: (dragged: Dragged) => void;
}

/** A press becomes a drag once the pointer has gone this far, in pixels. */
const THRESHOLD = 4;

export function takes(dragged: Dragged | null, gap: Gap): boolean {
  if (dragged === null || "fork" in dragged) return false;
  return "entry" in dragged || canMoveAll(pathsOf(dragged.items), gap.path);
}

const pathsOf = (items: readonly Item[]) => items.map((item) => item.path);

function targetAt(dragged: Dragged, { gaps, placed }: Layout, x: number, y: number): Target | null {
  if (!("fork" in dragged)) return nearestGap(gaps, x, y, (gap) => takes(dragged, gap));
  return cardAt(placed, x, y);
}

/**
 * Dragging with pointer events. The notebook listens for HTML drag and drop, so none is used.
 *
 * The ghost that follows the pointer is moved without rendering; only a change of the target renders.
 */
export function useDrag(options: Options) {
  const latest = useRef(options);
  latest.current = options;
  const ghost = useRef<HTMLDivElement>(null);
  const end = useRef<() => void>(() => {});
  const [drag, setDrag] = useState<{ dragged: Dragged; target: Target | null } | null>(null);
  useEffect(() => () => end.current(), []);

  const start = useCallback((dragged: Dragged, event: PointerEvent) => {
    if (event.button !== 0) return;
    end.current();
    const from = { x: event.clientX, y: event.clientY };
    let at = from;
    let isDragging = false;
    let frame = 0;
    let target: Target | null = null;

    const aim = () => {
      const { layout, locate } = latest.current;
      const point = locate(at.x, at.y);
      const next = point && targetAt(dragged, layout, point.x, point.y);
      if (next !== target || !isDragging) setDrag({ dragged, target: next });
      target = next;
      isDragging = true;
      const root = latest.current.rootRef.current?.getBoundingClientRect();
      if (ghost.current && root) ghost.current.style.translate = `${at.x - root.left}px ${at.y - root.top}px`;
    };
    const tick = () => {
      latest.current.panNear(at.y);
      aim();
      frame = requestAnimationFrame(tick);
    };
    const onMove = (move: globalThis.PointerEvent) => {
      at = { x: move.clientX, y: move.clientY };
      if (isDragging || Math.hypot(at.x - from.x, at.y - from.y) < THRESHOLD) return;
      tick();
    };
    const onUp = (up: globalThis.PointerEvent) => {
      at = { x: up.clientX, y: up.clientY };
      if (isDragging) aim();
      const [wasDragging, found] = [isDragging, target];
      stop();
      if (!wasDragging) latest.current.onClick(dragged);
      else if (found && latest.current.accepts(dragged, found)) latest.current.onDrop(dragged, found);
    };
    const onKey = (key: KeyboardEvent) => {
      if (key.key !== "Escape" || !isDragging) return;
      key.stopPropagation();
      stop();
    };
    const stop = () => {
      cancelAnimationFrame(frame);
      window.removeEventListener("pointermove", onMove);
      window.removeEventListener("pointerup", onUp);
      window.removeEventListener("pointercancel", stop);
      window.removeEventListener("keydown", onKey, true);
      end.current = () => {};
      setDrag(null);
    };
    end.current = stop;
    window.addEventListener("pointermove", onMove);
    window.addEventListener("pointerup", onUp);
    window.addEventListener("pointercancel", stop);
    window.addEventListener("keydown", onKey, true);
  }, []);

  return { drag, ghost, start };
}
