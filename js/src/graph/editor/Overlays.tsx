import { type MouseEvent, type RefObject, useState } from "react";
import type { Texts } from "../../wire/types";
import { Menu } from "../menu/Menu";
import { commandGroups, EDIT } from "./commandMenus";
import type { Commands } from "./commands";
import { KeysHelp } from "./KeysHelp";

type Place = { readonly left: number; readonly top: number };

/** What lies over the editor at times: the menu of a right click, the list of keys. */
export function useOverlays(rootRef: RefObject<HTMLElement | null>) {
  const [menuAt, setMenuAt] = useState<Place | null>(null);
  const [hasKeys, setHasKeys] = useState(false);
  const openMenu = (event: MouseEvent) => {
    const root = rootRef.current?.getBoundingClientRect();
    if (!root) return;
    event.preventDefault();
    event.stopPropagation(); // the notebook has a menu, too
    setMenuAt({ left: event.clientX - root.left, top: event.clientY - root.top });
  };
  return { menuAt, hasKeys, openMenu, closeMenu: () => setMenuAt(null), setHasKeys };
}

interface Props {
  readonly overlays: ReturnType<typeof useOverlays>;
  readonly commands: Commands;
  readonly texts: Texts;
  readonly focusDrawing: () => void;
}

export function Overlays({ overlays, commands, texts, focusDrawing }: Props) {
  const { menuAt, hasKeys, closeMenu, setHasKeys } = overlays;
  const closeKeys = () => {
    setHasKeys(false);
    focusDrawing();
  };
  return (
    <>
      {menuAt && (
        <Menu
          label={texts.edit_menu}
          groups={commandGroups(EDIT, { texts, commands })}
          style={menuAt}
          onClose={closeMenu}
        />
      )}
      {hasKeys && <KeysHelp texts={texts} onClose={closeKeys} />}
    </>
  );
}
