import { useReactFlow } from "@xyflow/react";
import { type RefObject, useCallback, useEffect, useRef } from "react";
import type { Box, Layout } from "./layout";
import { fitted, LEGIBLE, panned, revealed, type Size, SMALLEST } from "./viewport";

export type View = ReturnType<typeof useView>;

/** What part of the drawing is seen. It is chosen by itself until the user moves it. */
export function useView(paneRef: RefObject<HTMLDivElement | null>, layout: Layout) {
  const flow = useReactFlow();
  const isMoved = useRef(false);
  const latest = useRef(layout);
  latest.current = layout;

  const paneSize = useCallback((): Size => {
    const pane = paneRef.current;
    return { width: pane?.clientWidth ?? 0, height: pane?.clientHeight ?? 0 };
  }, [paneRef]);

  const fitView = useCallback(
    (smallest = SMALLEST) => {
      const size = paneSize();
      if (size.width > 0) void flow.setViewport(fitted(latest.current.box, size, smallest));
      isMoved.current = false;
    },
    [flow, paneSize],
  );

  const onMoved = useCallback(() => {
    isMoved.current = true;
  }, []);

  const reveal = useCallback(
    (box: Box) => {
      const view = revealed(box, flow.getViewport(), paneSize());
      if (view) void flow.setViewport(view);
    },
    [flow, paneSize],
  );

  const zoom = useCallback(
    (factor: number) => {
      isMoved.current = true;
      void (factor > 1 ? flow.zoomIn() : flow.zoomOut());
    },
    [flow],
  );

  const panBy = useCallback(
    (dy: number) => {
      isMoved.current = true;
      void flow.setViewport(panned(latest.current.box, flow.getViewport(), paneSize(), dy));
    },
    [flow, paneSize],
  );

  /** A point of the page as a point of the drawing; null outside the pane. */
  const locate = useCallback(
    (x: number, y: number) => {
      const pane = paneRef.current?.getBoundingClientRect();
      const isOver = pane && x >= pane.left && x <= pane.right && y >= pane.top && y <= pane.bottom;
      return isOver ? flow.screenToFlowPosition({ x, y }, { snapToGrid: false }) : null;
    },
    [flow, paneRef],
  );

  useEffect(() => {
    const pane = paneRef.current;
    if (!pane) return;
    const observer = new ResizeObserver(() => {
      if (!isMoved.current) fitView(LEGIBLE);
    });
    observer.observe(pane);
    return () => observer.disconnect();
  }, [paneRef, fitView]);

  // The first heights are guesses, so the fit is done again when the page has measured them; later the view keeps still.
  const settled = useRef(0);
  const { height, width } = layout.box;
  useEffect(() => {
    if (settled.current++ < 2 && !isMoved.current && width > 0 && height >= 0) fitView(LEGIBLE);
  }, [fitView, height, width]);

  return { fitView, reveal, zoom, panBy, locate, onMoved };
}
