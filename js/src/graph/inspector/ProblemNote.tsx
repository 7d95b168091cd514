import type { Data, Problem } from "../../wire/types";
import { MendButton } from "./MendButton";

interface Props {
  readonly problem: Problem;
  /** What it says, where that is not the problem's own sentence. */
  readonly words?: string;
  readonly onMend: (fields: Data) => void;
}

/** What is wrong, and the button that puts it right where one click can. */
export function ProblemNote({ problem, words = problem.text, onMend }: Props) {
  return (
    <div className="slm-field-problem" data-severity={problem.severity}>
      {words}
      <MendButton mend={problem.mend} onMend={onMend} />
    </div>
  );
}
