import { ViewportPortal } from "@xyflow/react";
import type { PointerEvent } from "react";
import type { Fork } from "./layout";

interface Props {
  readonly forks: readonly Fork[];
  readonly title: string | undefined;
  readonly onGrab: (fork: Fork, event: PointerEvent) => void;
}

/** The places on the line from which a wire can be dragged to a layer below. The form offers the same to the keyboard. */
export function ForkDots({ forks, title, onGrab }: Props) {
  return (
    <ViewportPortal>
      {forks.map((fork) => (
        <div
          key={fork.reference}
          className="slm-fork nopan"
          data-testid={`fork-${fork.reference}`}
          title={title}
          style={{ transform: `translate(${fork.x}px, ${fork.y}px)` }}
          onPointerDown={(event) => onGrab(fork, event)}
        />
      ))}
    </ViewportPortal>
  );
}
