// What a person can ask for, by name: the same from a key, a button, a menu.

export type Command =
  | "undo"
  | "redo"
  | "cut"
  | "copy"
  | "paste"
  | "duplicate"
  | "remove"
  | "wrap"
  | "unwrap"
  | "moveUp"
  | "moveDown"
  | "selectAll"
  | "rename"
  | "fold"
  | "foldAll"
  | "unfoldAll"
  | "zoomIn"
  | "zoomOut"
  | "fit"
  | "shapes"
  | "nextProblem"
  | "previousProblem"
  | "find"
  | "help"
  | "leave";

export interface CommandState {
  readonly run: () => void;
  /** Whether it can be asked for now; absent: always. */
  readonly isOff?: boolean;
  /** Of a switch: whether it is on. */
  readonly isOn?: boolean;
}

export type Commands = Readonly<Record<Command, CommandState>>;

/** Does what was asked, if it can be done now. */
export function runCommand(commands: Commands, name: Command): void {
  const { run, isOff } = commands[name];
  if (!isOff) run();
}

/** The keys of each command, as they are written in menus and in the list of keys. */
export const SHORTCUTS: Readonly<Partial<Record<Command, string>>> = {
  undo: "Ctrl+Z",
  redo: "Ctrl+Shift+Z",
  cut: "Ctrl+X",
  copy: "Ctrl+C",
  paste: "Ctrl+V",
  duplicate: "Ctrl+D",
  remove: "Del",
  wrap: "Ctrl+G",
  unwrap: "Ctrl+Shift+G",
  moveUp: "Alt+↑",
  moveDown: "Alt+↓",
  selectAll: "Ctrl+A",
  rename: "F2",
  fold: "← →",
  zoomIn: "+",
  zoomOut: "−",
  fit: "0",
  nextProblem: "F8",
  previousProblem: "Shift+F8",
  find: "/",
  help: "?",
  leave: "Esc",
};
