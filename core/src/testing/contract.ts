/** Where a rule is about what a part does not offer. */
export type RuleAnswer = void | 'not offered';

/**
 * One rule of a port's contract: the fact that must hold, and a run that throws with the rule broken in its message.
 * Runner-neutral: `for (const rule of transportContract(open)) test(rule.fact, rule.check)`.
 */
export interface ContractRule {
  readonly fact: string;
  readonly check: () => Promise<RuleAnswer>;
  /** It closes what it is given, so that no other rule can be checked on that. */
  readonly closes?: true;
}
