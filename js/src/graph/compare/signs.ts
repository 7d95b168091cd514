/** The signs of the kinds of difference: colour is not the only one. */
export const SIGNS = { added: "＋", removed: "−", changed: "~", moved: "⇅" } as const;
