import type { Data, Problem } from "../../wire/types";
import { MendButton } from "./MendButton";

interface Props {
  readonly problem: Problem;
  readonly onMend: (fields: Data) => void;
}

/** What is wrong, and the button that puts it right where one click can. */
export function ProblemNote({ problem, onMend }: Props) {
  return (
    <div className="slm-field-problem" data-severity={problem.severity}>
      {problem.text}
      <MendButton mend={problem.mend} onMend={onMend} />
    </div>
  );
}
