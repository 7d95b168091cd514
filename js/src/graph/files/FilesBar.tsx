import { useCallback, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import type { Ask } from "../../wire/requests";
import type { LayerStack, Texts } from "../../wire/types";
import type { FileState } from "./answers";
import { DropHint } from "./DropHint";
import { FileMenu } from "./FileMenu";
import { FileNotes } from "./FileNotes";
import { GalleryDialog } from "./GalleryDialog";
import { useFileCheck } from "./useFileCheck";
import { useFileDrop } from "./useFileDrop";
import { useFiles } from "./useFiles";

interface Props {
  readonly ask: Ask;
  readonly texts: Texts;
  readonly fileState: FileState;
  readonly isReadOnly: boolean;
  /** Draws a design, as one step; `number` tells Python whose config goes with it. */
  readonly onOpen: (stack: LayerStack, number: number) => void;
  /** Null where nothing can be compared. */
  readonly onCompare: ((name: string) => Promise<unknown>) | null;
}

/** Presets and files: a menu for the toolbar, and what it lays over the editor that it stands in. */
export function FilesBar({ ask, texts, fileState, isReadOnly, onOpen, onCompare }: Props) {
  const ref = useRef<HTMLSpanElement>(null);
  const [root, setRoot] = useState<HTMLElement | null>(null);
  useLayoutEffect(() => setRoot(ref.current?.closest<HTMLElement>(".slm-layout") ?? null), []);
  const [trouble, setTrouble] = useState("");
  const [hasGallery, setGallery] = useState(false);
  const compare =
    onCompare && ((name: string) => void onCompare(name).catch((error: Error) => setTrouble(error.message)));
  const closeGallery = useCallback(() => setGallery(false), []);

  const files = useFiles({ ask, texts, onOpen, onTrouble: setTrouble });
  useFileCheck(root, ask, fileState.path !== "");
  const isOver = useFileDrop({
    root,
    isOff: isReadOnly,
    onFile: files.openFile,
    onMany: () => setTrouble(texts.file_many ?? ""),
  });
  return (
    <span ref={ref}>
      <FileMenu onGallery={() => setGallery(true)} {...{ texts, files, fileState, isReadOnly }} />
      {root &&
        createPortal(
          <>
            <FileNotes
              onTake={files.takeFile}
              onKeep={files.keepMine}
              onClose={() => setTrouble("")}
              {...{ texts, fileState, isReadOnly, trouble }}
            />
            {hasGallery && (
              <GalleryDialog onClose={closeGallery} {...{ files, texts, isReadOnly }} onCompare={compare} />
            )}
            {isOver && <DropHint words={texts.file_drop} />}
          </>,
          root,
        )}
    </span>
  );
}
