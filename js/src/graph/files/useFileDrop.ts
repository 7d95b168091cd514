import { useEffect, useState } from "react";
import { useStable } from "../editor/useStable";

interface Options {
  readonly root: HTMLElement | null;
  readonly isOff: boolean;
  readonly onFile: (file: File) => void;
  /** Several at once: which one is meant? */
  readonly onMany: () => void;
}

/** A file that is dropped on the editor, and on nothing else; tells whether one is held over it. */
export function useFileDrop({ root, isOff, onFile, onMany }: Options): boolean {
  const [isOver, setOver] = useState(false);
  const drop = useStable((files: readonly File[]) => {
    const [file] = files;
    if (files.length > 1) onMany();
    else if (file) onFile(file);
  });
  useEffect(() => {
    if (!root) return;
    // Enter and leave are told of every element inside, too.
    let depth = 0;
    const leave = () => {
      depth = 0;
      setOver(false);
    };
    const listen = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      // The notebook, which takes files as well, does not hear of it, and the browser does not open it in place of the page.
      event.preventDefault();
      event.stopPropagation();
      event.dataTransfer.dropEffect = isOff ? "none" : "copy";
      if (event.type === "dragenter") depth += 1;
      if (event.type === "dragleave") depth -= 1;
      if (event.type === "drop" && !isOff) drop([...event.dataTransfer.files]);
      if (event.type === "drop" || depth <= 0) leave();
      else setOver(!isOff);
    };
    const kinds = ["dragenter", "dragover", "dragleave", "drop"] as const;
    for (const kind of kinds) root.addEventListener(kind, listen);
    return () => {
      for (const kind of kinds) root.removeEventListener(kind, listen);
      setOver(false);
    };
  }, [root, isOff, drop]);
  return isOver;
}
