import type { Problem } from "../../wire/types";
import type { FormContext } from "./inputProps";
import { MendButton } from "./MendButton";

interface Props {
  readonly problem: Problem;
  /** What it says, where that is not the problem's own sentence. */
  readonly words?: string;
  readonly form: Pick<FormContext, "isReadOnly" | "hasHints" | "onMend">;
}

/** What is wrong, and the button that puts it right where one click can. */
export function ProblemNote({ problem, words = problem.text, form }: Props) {
  return (
    <div className="slm-field-problem" data-severity={problem.severity}>
      {words}
      {form.hasHints && !form.isReadOnly && <MendButton mend={problem.mend} onMend={form.onMend} />}
    </div>
  );
}
