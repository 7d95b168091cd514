/** What lies on what: frames, the outer ones below; wires; cards; what is grabbed and seen only while dragging. */
export const LEVELS = { frame: 0, wires: 100, card: 200, marks: 300 } as const;
