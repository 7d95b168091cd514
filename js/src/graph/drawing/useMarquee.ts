import { type MouseEvent, type PointerEvent, useEffect, useRef, useState } from "react";
import type { Box } from "./layout";

interface Options {
  readonly locate: (x: number, y: number) => { x: number; y: number } | null;
  /** The box that was drawn, in the drawing's own units. */
  readonly onBox: (box: Box) => void;
}

/** A box drawn with Shift and the mouse on the empty drawing. */
export function useMarquee({ locate, onBox }: Options) {
  const [box, setBox] = useState<Box | null>(null);
  const end = useRef<() => void>(() => {});
  useEffect(() => () => end.current(), []);

  const onPointerDownCapture = (event: PointerEvent) => {
    const isPane = event.target instanceof Element && event.target.classList.contains("react-flow__pane");
    const from = locate(event.clientX, event.clientY);
    if (!event.shiftKey || event.button !== 0 || !isPane || !from) return;
    end.current();
    let drawn: Box | null = null;
    const onMove = (move: globalThis.PointerEvent) => {
      const to = locate(move.clientX, move.clientY);
      if (!to) return;
      const [x, y] = [Math.min(from.x, to.x), Math.min(from.y, to.y)];
      drawn = { x, y, width: Math.abs(to.x - from.x), height: Math.abs(to.y - from.y) };
      setBox(drawn);
    };
    const stop = () => {
      window.removeEventListener("pointermove", onMove);
      window.removeEventListener("pointerup", onUp);
      window.removeEventListener("pointercancel", stop);
      end.current = () => {};
      setBox(null);
    };
    const onUp = () => {
      if (drawn) onBox(drawn);
      stop();
    };
    end.current = stop;
    window.addEventListener("pointermove", onMove);
    window.addEventListener("pointerup", onUp);
    window.addEventListener("pointercancel", stop);
  };
  // The drawing would be moved as well; it listens for the mouse.
  const onMouseDownCapture = (event: MouseEvent) => event.shiftKey && event.stopPropagation();
  return { box, handlers: { onPointerDownCapture, onMouseDownCapture } };
}

/** Whether two boxes have a point in common. */
export function touches(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
