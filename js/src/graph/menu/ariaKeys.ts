const NAMES: Readonly<Record<string, string>> = {
  Ctrl: "Control",
  Del: "Delete",
  Esc: "Escape",
  "↑": "ArrowUp",
  "↓": "ArrowDown",
  "←": "ArrowLeft",
  "→": "ArrowRight",
  "−": "-",
};

/** Keys as a menu writes them ("Ctrl+Z", "← →"), in the names that `aria-keyshortcuts` wants. */
export function ariaKeys(written: string): string {
  const named = (keys: string) =>
    keys === "+"
      ? "Plus"
      : keys
          .split("+")
          .map((key) => NAMES[key] ?? key)
          .join("+");
  return written.split(" ").map(named).join(" ");
}
