import { type PointerEvent, type RefObject, useCallback, useEffect, useRef, useState } from "react";
import type { PaletteEntry } from "../../wire/types";
import { canMove } from "../stack/gestures";
import type { Item } from "../stack/outline";
import type { Gap } from "./layout";
import { nearestGap } from "./nearestGap";

/** A new layer from the palette, or a layer that moves. */
export type Dragged = { readonly entry: PaletteEntry } | { readonly item: Item };

interface Options {
  readonly rootRef: RefObject<HTMLElement | null>;
  readonly gaps: readonly Gap[];
  readonly locate: (x: number, y: number) => { x: number; y: number } | null;
  readonly panNear: (y: number) => void;
  readonly onDrop: (dragged: Dragged, gap: Gap) => void;
}

/** A press becomes a drag once the pointer has gone this far, in pixels. */
const THRESHOLD = 4;

export function takes(dragged: Dragged | null, gap: Gap): boolean {
  return dragged !== null && ("entry" in dragged || canMove(dragged.item.path, gap.path));
}

/**
 * Dragging with pointer events. The notebook listens for HTML drag and drop, so none is used.
 *
 * The ghost that follows the pointer is moved without rendering; only a change of the nearest gap renders.
 */
export function useDrag(options: Options) {
  const latest = useRef(options);
  latest.current = options;
  const ghost = useRef<HTMLDivElement>(null);
  const end = useRef<() => void>(() => {});
  const [drag, setDrag] = useState<{ dragged: Dragged; gap: Gap | null } | null>(null);
  useEffect(() => () => end.current(), []);

  const start = useCallback((dragged: Dragged, event: PointerEvent) => {
    if (event.button !== 0) return;
    end.current();
    const from = { x: event.clientX, y: event.clientY };
    let at = from;
    let isDragging = false;
    let frame = 0;
    let gap: Gap | null = null;

    const aim = () => {
      const { gaps, locate } = latest.current;
      const point = locate(at.x, at.y);
      const next = point && nearestGap(gaps, point.x, point.y, (candidate) => takes(dragged, candidate));
      if (next !== gap || !isDragging) setDrag({ dragged, gap: next });
      gap = next;
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
      const target = isDragging ? gap : null;
      stop();
      if (target) latest.current.onDrop(dragged, target);
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
