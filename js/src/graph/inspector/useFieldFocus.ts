import { type RefObject, useEffect, useState } from "react";

/** A wish to edit one field; the number tells two wishes for the same field apart. */
export interface FieldFocus {
  readonly field: string;
  readonly number: number;
}

/** For whoever opens the inspector at a field: `wish` goes to the Inspector, `ask` is called where a problem is clicked. */
export function useFieldFocus() {
  const [wish, setWish] = useState<FieldFocus | null>(null);
  const ask = (field: string | null | undefined) =>
    setWish((last) => (field ? { field, number: (last?.number ?? 0) + 1 } : null));
  return { wish, ask };
}

/** Puts the focus into the field that was asked for, once it is there; unfolds what hides it. */
export function useFocusOnWish(formRef: RefObject<HTMLElement | null>, wish: FieldFocus | null): void {
  useEffect(() => {
    if (wish) focusField(formRef.current, wish.field);
  }, [formRef, wish]);
}

function focusField(form: HTMLElement | null, name: string): void {
  const rows = [...(form?.querySelectorAll<HTMLElement>("[data-field]") ?? [])];
  const row =
    rows.find(({ dataset }) => dataset.field === name) ??
    rows.find(({ dataset }) => name.startsWith(`${dataset.field}.`));
  const hidden = row?.closest("details");
  if (hidden) hidden.open = true;
  const input = row?.querySelector<HTMLElement>("input, select");
  input?.focus();
  if (input instanceof HTMLInputElement) input.select(); // what is typed takes the place of what was there
}
