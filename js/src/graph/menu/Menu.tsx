import { type CSSProperties, Fragment, type KeyboardEvent, type RefObject, useEffect, useRef } from "react";
import { ariaKeys } from "./ariaKeys";
import { usePlace } from "./usePlace";

/** One line of a menu. */
export interface MenuEntry {
  readonly id: string;
  readonly title: string;
  readonly shortcut?: string | undefined;
  readonly isOff?: boolean | undefined;
  /** Of a switch: whether it is on. */
  readonly isOn?: boolean | undefined;
  readonly onPick: () => void;
}

interface Props {
  readonly label: string | undefined;
  /** The lines in groups, with a rule between two of them. */
  readonly groups: readonly (readonly MenuEntry[])[];
  readonly style?: CSSProperties | undefined;
  readonly onClose: () => void;
}

/** A list of things to do. It takes the focus; arrows move in it, Escape, Tab and a press elsewhere close it. */
export function Menu({ label, groups, style, onClose }: Props) {
  const ref = useRef<HTMLDivElement>(null);
  usePlace(ref);
  useFocusInside(ref);
  useCloseOutside(ref, onClose);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Tab") return onClose();
    event.stopPropagation(); // the editor's own keys rest while a menu is open
    if (event.key === "Escape") onClose();
    if (moveFocus(ref.current, event.key)) event.preventDefault();
  };
  return (
    <div
      ref={ref}
      className="slm-menu"
      role="menu"
      aria-label={label}
      style={style}
      onKeyDown={onKeyDown}
      tabIndex={-1}
    >
      {groups.map((entries, number) => (
        <Fragment key={entries[0]?.id}>
          {number > 0 && <hr className="slm-menu-rule" />}
          {entries.map((entry) => (
            <Line key={entry.id} entry={entry} onClose={onClose} />
          ))}
        </Fragment>
      ))}
    </div>
  );
}

function Line({ entry, onClose }: { readonly entry: MenuEntry; readonly onClose: () => void }) {
  const { id, title, shortcut, isOff = false, isOn, onPick } = entry;
  const pick = () => {
    if (isOff) return;
    onClose();
    onPick();
  };
  const kind =
    isOn === undefined ? { role: "menuitem" } : ({ role: "menuitemcheckbox", "aria-checked": isOn } as const);
  return (
    <button
      type="button"
      className="slm-menu-line"
      {...kind}
      aria-disabled={isOff}
      aria-keyshortcuts={shortcut && ariaKeys(shortcut)}
      data-testid={id}
      tabIndex={-1}
      onClick={pick}
      onPointerEnter={(event) => event.currentTarget.focus({ preventScroll: true })}
    >
      <span className="slm-menu-check">{isOn ? "✓" : ""}</span>
      <span>{title}</span>
      {shortcut && <kbd>{shortcut}</kbd>}
    </button>
  );
}

function linesOf(menu: HTMLElement | null): HTMLElement[] {
  return [...(menu?.querySelectorAll<HTMLElement>(".slm-menu-line") ?? [])];
}

/** Moves the focus as a key says; tells whether it did. A letter goes to the next line that begins with it. */
function moveFocus(menu: HTMLElement | null, key: string): boolean {
  const lines = linesOf(menu);
  const here = lines.indexOf(document.activeElement as HTMLElement);
  const begins = (line: HTMLElement) => line.textContent?.replace("✓", "").toLowerCase().startsWith(key.toLowerCase());
  const next = {
    ArrowDown: lines[(here + 1) % lines.length],
    ArrowUp: lines[(here <= 0 ? lines.length : here) - 1],
    Home: lines[0],
    End: lines.at(-1),
  }[key];
  const found =
    next ?? (key.length === 1 && key !== " " ? [...lines.slice(here + 1), ...lines].find(begins) : undefined);
  found?.focus({ preventScroll: true });
  return found !== undefined;
}

function useFocusInside(ref: RefObject<HTMLElement | null>) {
  useEffect(() => {
    const before = document.activeElement;
    linesOf(ref.current)[0]?.focus({ preventScroll: true });
    return () => {
      // Back to where it was, unless what was picked has put it somewhere else.
      const isLost = document.activeElement === null || document.activeElement === document.body;
      if (isLost && before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, [ref]);
}

function useCloseOutside(ref: RefObject<HTMLElement | null>, onClose: () => void) {
  useEffect(() => {
    const close = (event: PointerEvent) => {
      // The button that opened it closes it by itself.
      const holder = ref.current?.parentElement;
      const isHolder = holder?.classList.contains("slm-menu-holder") ? holder : ref.current;
      if (!isHolder?.contains(event.target as Node)) onClose();
    };
    document.addEventListener("pointerdown", close, true);
    return () => document.removeEventListener("pointerdown", close, true);
  }, [ref, onClose]);
}
