/**
 * One rule of a port's contract: the fact that must hold, and a run that throws with the rule broken in its message.
 * Runner-neutral: `for (const rule of transportContract(open)) test(rule.fact, rule.check)`.
 */
export interface ContractRule {
  readonly fact: string;
  readonly check: () => Promise<void>;
}
