import { type ChangeEvent, useRef } from "react";
import type { Texts } from "../../wire/types";
import type { MenuEntry } from "../menu/Menu";
import { MenuButton } from "../menu/MenuButton";
import type { FileState } from "./answers";
import type { Files } from "./useFiles";

interface Props {
  readonly texts: Texts;
  readonly files: Files;
  readonly fileState: FileState;
  readonly isReadOnly: boolean;
  readonly onGallery: () => void;
}

/** The menu of files and presets, and the file that keeps the drawing. */
export function FileMenu({ texts, files, fileState, isReadOnly, onGallery }: Props) {
  const inputRef = useRef<HTMLInputElement>(null);
  const entry = (id: string, title: string | undefined, onPick: () => void, isOff = false): MenuEntry => ({
    id: `file-${id}`,
    title: title ?? id,
    onPick,
    isOff,
  });
  const groups = [
    [
      entry("new", texts.file_new, files.openEmpty, isReadOnly),
      entry("gallery", texts.file_gallery, onGallery),
      entry("open", texts.file_open, () => inputRef.current?.click(), isReadOnly),
    ],
    [
      entry("json", texts.file_json, files.saveJson),
      entry("code", texts.file_code, files.saveCode),
      entry("svg", texts.file_svg, files.saveSvg),
      entry("png", texts.file_png, files.savePng),
    ],
    [entry("copy", texts.file_copy, files.copyDesign)],
  ];
  const onChosen = ({ currentTarget }: ChangeEvent<HTMLInputElement>) => {
    const file = currentTarget.files?.[0];
    if (file) void files.openFile(file);
    currentTarget.value = ""; // the same file can be chosen again
  };
  return (
    <span className="slm-files" aria-busy={files.isWaiting}>
      <MenuButton id="file-menu" title={texts.file_menu} groups={groups} />
      <input
        ref={inputRef}
        type="file"
        accept=".json,application/json"
        hidden
        tabIndex={-1}
        aria-label={texts.file_open}
        data-testid="file-input"
        onChange={onChosen}
      />
      {fileState.path !== "" && (
        <span className="slm-file-name" data-testid="file-name" data-state={fileState.state} title={fileState.words}>
          {fileState.path}
        </span>
      )}
    </span>
  );
}
