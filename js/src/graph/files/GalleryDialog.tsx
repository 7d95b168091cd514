import { useEffect } from "react";
import type { Texts } from "../../wire/types";
import { Gallery } from "./Gallery";
import type { Files } from "./useFiles";

interface Props {
  readonly files: Files;
  readonly texts: Texts;
  readonly isReadOnly: boolean;
  readonly onCompare: ((name: string) => void) | null;
  readonly onClose: () => void;
}

/** The gallery with what Python tells of the presets, asked for when it is opened and in each language. */
export function GalleryDialog({ files, texts, isReadOnly, onCompare, onClose }: Props) {
  const { presets, loadPresets, openPreset } = files;
  // biome-ignore lint/correctness/useExhaustiveDependencies: other texts are another language
  useEffect(() => void loadPresets(), [loadPresets, texts]);
  const open = (name: string) => {
    onClose();
    void openPreset(name);
  };
  const compare = (name: string) => {
    onClose();
    onCompare?.(name);
  };
  return (
    <Gallery onOpen={isReadOnly ? null : open} onCompare={onCompare && compare} {...{ presets, texts, onClose }} />
  );
}
