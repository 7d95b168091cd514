import { ViewportPortal } from "@xyflow/react";
import { memo, type PointerEvent } from "react";
import type { Fork } from "./layout";
import { LEVELS } from "./levels";
import { useSeen } from "./useSeen";

interface Props {
  readonly forks: readonly Fork[];
  readonly title: string | undefined;
  readonly onGrab: (fork: Fork, event: PointerEvent) => void;
}

/** The places on the line from which a wire can be dragged to a layer below. The form offers the same to the keyboard. */
export const ForkDots = memo(function ForkDots({ forks, title, onGrab }: Props) {
  const isSeen = useSeen(); // thousands that are not would slow down every move of the mouse
  return (
    <ViewportPortal>
      <div className="slm-marks" style={{ zIndex: LEVELS.marks }}>
        {forks
          .filter(({ y }) => isSeen(y))
          .map((fork) => (
            <div
              key={fork.reference}
              className="slm-fork nopan"
              data-testid={`fork-${fork.reference}`}
              title={title}
              style={{ left: fork.x, top: fork.y }}
              onPointerDown={(event) => onGrab(fork, event)}
            />
          ))}
      </div>
    </ViewportPortal>
  );
});
