import { useEffect, useRef, useState } from "react";
import type { Analysis } from "../../wire/types";
import type { LayerLines } from "./layerLines";
import { readCode } from "./readCode";

export interface Code {
  /** The latest code, null while there is none. */
  readonly text: string | null;
  /** Where in it each layer is. */
  readonly lines: LayerLines;
  /** Why there is none: Python's sentences, one a line. */
  readonly trouble: string | null;
  readonly isWaiting: boolean;
}

const NO_CODE = { text: null, lines: new Map() } as const;

/** Several changes in a row are one question. */
const PAUSE_MS = 250;

/** The design's code, while someone looks: asked for again whenever Python has looked at another design. */
export function useCode(isOpen: boolean, askCode: () => Promise<unknown>, analysis: Analysis): Code {
  const [code, setCode] = useState<Code>({ ...NO_CODE, trouble: null, isWaiting: true });
  const isFirst = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new analysis says that Python holds another design
  useEffect(() => {
    if (!isOpen) {
      isFirst.current = true;
      return;
    }
    let isCurrent = true;
    const show = (next: Omit<Code, "isWaiting">) => isCurrent && setCode({ ...next, isWaiting: false });
    const ask = () => {
      setCode((shown) => ({ ...shown, isWaiting: true }));
      askCode().then(
        (answer) => show({ ...readCode(answer), trouble: null }),
        (error: unknown) => show({ ...NO_CODE, trouble: error instanceof Error ? error.message : String(error) }),
      );
    };
    const timer = setTimeout(ask, isFirst.current ? 0 : PAUSE_MS);
    isFirst.current = false;
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [isOpen, askCode, analysis]);
  return code;
}
