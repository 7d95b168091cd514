import { type ReactNode, useRef } from "react";
import type { Texts } from "../../wire/types";
import { MenuButton } from "../menu/MenuButton";
import { CommandButton } from "./CommandButton";
import { commandGroups, EDIT, VIEW } from "./commandMenus";
import type { Commands } from "./commands";
import type { Pane } from "./usePane";
import { useToolbarKeys } from "./useToolbarKeys";

interface Props {
  readonly texts: Texts;
  readonly commands: Commands;
  /** The menu of files and presets. */
  readonly files: ReactNode;
  /** What stands beside the drawing. */
  readonly pane: Pane | null;
  readonly isReadOnly: boolean;
  readonly onPane: (pane: Pane) => void;
  readonly onLanguage: () => void;
}

export function Toolbar({ texts, commands, files, pane, isReadOnly, onPane, onLanguage }: Props) {
  const ref = useRef<HTMLDivElement>(null);
  const keys = useToolbarKeys(ref);
  const button = { texts, commands };
  return (
    <div ref={ref} className="slm-toolbar" role="toolbar" aria-label={texts.toolbar} {...keys}>
      {files}
      {!isReadOnly && <MenuButton id="edit-menu" title={texts.edit_menu} groups={commandGroups(EDIT, button)} />}
      <MenuButton id="view-menu" title={texts.view_menu} groups={commandGroups(VIEW, button)} />
      {!isReadOnly && (
        <>
          <span className="slm-separator" />
          <CommandButton icon="undo" command="undo" {...button} />
          <CommandButton icon="redo" command="redo" {...button} />
          <CommandButton icon="remove" command="remove" {...button} />
        </>
      )}
      <span className="slm-stretch" />
      <CommandButton icon="zoomOut" command="zoomOut" {...button} />
      <CommandButton icon="zoomIn" command="zoomIn" {...button} />
      <CommandButton icon="fit" command="fit" {...button} />
      <span className="slm-separator" />
      {(["code", "compare"] as const).map((name) => (
        <button
          key={name}
          type="button"
          className="slm-button"
          data-testid={name}
          title={texts[`${name}_help`]}
          aria-pressed={pane === name}
          onClick={() => onPane(name)}
        >
          {texts[name]}
        </button>
      ))}
      <button
        type="button"
        className="slm-button"
        data-testid="language"
        lang={texts.other_language_code}
        title={texts.change_language}
        onClick={onLanguage}
      >
        {texts.other_language}
      </button>
    </div>
  );
}
