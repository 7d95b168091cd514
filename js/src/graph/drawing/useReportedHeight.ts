import { type RefObject, useLayoutEffect, useRef } from "react";
import type { OnHeight } from "./useHeights";

/** Reports the height of an element, now and whenever it changes. */
export function useReportedHeight(key: string, onHeight: OnHeight): RefObject<HTMLDivElement | null> {
  const ref = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const report = () => onHeight(key, element.offsetHeight); // unlike a bounding box, the same at every zoom
    report();
    const observer = new ResizeObserver(report);
    observer.observe(element);
    return () => observer.disconnect();
  }, [key, onHeight]);
  return ref;
}
