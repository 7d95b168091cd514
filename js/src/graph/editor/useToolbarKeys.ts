import { type FocusEvent, type KeyboardEvent, type RefObject, useEffect } from "react";

const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 };
const ENDS: Readonly<Record<string, number>> = { Home: 0, End: -1 };

/**
 * A toolbar is one stop of Tab; the arrow keys, Home and End go through its buttons. The stop is the button that had the focus last.
 *
 * The buttons come from several places, so what Tab stops at is written on the elements themselves.
 */
export function useToolbarKeys(ref: RefObject<HTMLElement | null>) {
  useEffect(() => {
    const buttons = buttonsOf(ref.current); // after each drawing: some may have come, or gone with the stop
    setStop(
      buttons,
      buttons.find((button) => button.tabIndex === 0 && button.dataset.stop !== undefined) ?? buttons[0],
    );
  });
  const onFocus = ({ target }: FocusEvent<HTMLElement>) => {
    const buttons = buttonsOf(ref.current);
    if (buttons.includes(target)) setStop(buttons, target);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const buttons = buttonsOf(ref.current);
    const here = buttons.indexOf(event.target as HTMLElement);
    if (here < 0) return; // in a menu that is open
    const step = STEPS[event.key];
    const end = ENDS[event.key];
    if (step === undefined && end === undefined) return;
    event.preventDefault();
    const next = end === undefined ? (here + (step ?? 0) + buttons.length) % buttons.length : end;
    buttons.at(next)?.focus();
  };
  return { onFocus, onKeyDown };
}

function buttonsOf(toolbar: HTMLElement | null): HTMLElement[] {
  return [...(toolbar?.querySelectorAll<HTMLElement>(".slm-button") ?? [])].filter(({ offsetParent }) => offsetParent);
}

function setStop(buttons: readonly HTMLElement[], stop: HTMLElement | undefined) {
  for (const button of buttons) {
    button.tabIndex = button === stop ? 0 : -1;
    button.toggleAttribute("data-stop", button === stop);
  }
}
