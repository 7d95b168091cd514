import { type KeyboardEvent, useCallback, useState } from "react";
import { Menu, type MenuEntry } from "./Menu";

interface Props {
  readonly id: string;
  readonly title: string | undefined;
  readonly groups: readonly (readonly MenuEntry[])[];
}

/** A button with a menu under it. */
export function MenuButton({ id, title, groups }: Props) {
  const [isOpen, setOpen] = useState(false);
  const close = useCallback(() => setOpen(false), []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (isOpen || event.key !== "ArrowDown") return;
    event.preventDefault();
    setOpen(true);
  };
  return (
    <span className="slm-menu-holder">
      <button
        type="button"
        className="slm-button"
        data-testid={id}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        onKeyDown={onKeyDown}
      >
        {title}
      </button>
      {isOpen && <Menu label={title} groups={groups} onClose={close} />}
    </span>
  );
}
