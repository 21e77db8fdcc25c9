import {
  digestOutcome,
  digestStepRequest,
  flattenTree,
  outcomeContext,
  outcomeTensors,
  StepLedger,
  type Frame,
  type LedgerRow,
  type NamedTensor,
  type OutcomeContext,
  type RecordedRow,
  type Recording,
  type RoundHeader,
} from '@farsim/core';

const stepOps = new Set([1, 3]);
const mostRepeats = 256;

/** What a recording proves about its session's ledger. */
export interface LedgerReport {
  /** Rows that carry a ledger entry. */
  readonly entries: number;
  /** Rows whose digests were computed again from the row itself and agree. Requests can be, for steps; replies always. */
  readonly replies: number;
  readonly requests: number;
  /** Newest entry and its head, when the chain could be followed to it. */
  readonly head?: { readonly index: number; readonly head: string };
  /** Entries that no row holds (state set, rows left out): the chain is taken up again at the next round. */
  readonly gaps: readonly {
    readonly round: number;
    readonly afterIndex: number;
    readonly nextIndex: number;
  }[];
  /** Where the recording is not what was computed. Empty is a proof of all that was followed. */
  readonly faults: readonly LedgerFault[];
}

export interface LedgerFault {
  readonly round: number;
  readonly row?: number;
  readonly what: string;
}

interface Findings {
  entries: number;
  replies: number;
  requests: number;
  head?: { index: number; head: string };
  readonly gaps: { round: number; afterIndex: number; nextIndex: number }[];
  readonly faults: LedgerFault[];
}

/**
 * Computes the step ledger again (docs/protocol.md): each row's digests from its arrays, and the chain from the spec's hash
 * and the rows' digests to the head that each round's summary says.
 */
export async function verifyLedger(recording: Recording): Promise<LedgerReport> {
  const found: Findings = { entries: 0, replies: 0, requests: 0, gaps: [], faults: [] };
  let ledger: StepLedger | undefined;
  for (const header of recording.rounds) {
    ledger = ledgerBefore(header, ledger, found);
    const context = outcomeContext(header.spec);
    for await (const row of recording.rows(header.round)) {
      const entry = row.frame.ledger;
      if (!entry) continue;
      found.entries++;
      checkDigests(context, header, row, entry, found);
      if (ledger && entry.index !== ledger.index + 1) {
        found.gaps.push({ round: header.round, afterIndex: ledger.index, nextIndex: entry.index });
        ledger = undefined;
      }
      ledger?.appendRow(entry);
    }
    ledger = checkHead(recording, header, ledger, found);
  }
  if (ledger && ledger.index > 0) found.head = { index: ledger.index, head: hex(ledger.head) };
  return found;
}

/** The ledger at a round's first row: gone on with, or begun where the header says. */
function ledgerBefore(
  header: RoundHeader,
  running: StepLedger | undefined,
  found: Findings,
): StepLedger | undefined {
  const specHash = Buffer.from(header.specHash, 'hex');
  const said = header.ledger;
  if (!said) return running ?? new StepLedger(specHash);
  const known = said.index === 0 ? new StepLedger(specHash) : running;
  if (known?.index === said.index) {
    if (hex(known.head) === said.head) return known;
    const what = `the round begins at another head of entry ${said.index} than the rows before it lead to`;
    found.faults.push({ round: header.round, what });
  }
  return new StepLedger(specHash, { index: said.index, head: Buffer.from(said.head, 'hex') });
}

function checkHead(
  recording: Recording,
  header: RoundHeader,
  ledger: StepLedger | undefined,
  found: Findings,
): StepLedger | undefined {
  const said = recording.summaries.get(header.round)?.ledger;
  if (!said) return ledger;
  if (ledger && ledger.index !== said.index) {
    found.gaps.push({ round: header.round, afterIndex: ledger.index, nextIndex: said.index + 1 });
    return undefined;
  }
  if (ledger && hex(ledger.head) !== said.head) {
    found.faults.push({
      round: header.round,
      what: `the rows lead to another head than the simulator’s at entry ${said.index}`,
    });
  }
  return ledger;
}

function checkDigests(
  context: OutcomeContext,
  { round }: RoundHeader,
  row: RecordedRow,
  entry: LedgerRow,
  found: Findings,
): void {
  if (sameBytes(digestOutcome(outcomeTensors(context, row.frame)), entry.reply)) found.replies++;
  else found.faults.push({ round, row: row.row, what: 'the frame is not the one that the simulator sent' });
  if (row.action === undefined || !stepOps.has(entry.op)) return;
  if (requestAgrees(context, row.frame, flattenTree('action', row.action), entry.request)) found.requests++;
  else
    found.faults.push({
      round,
      row: row.row,
      what: 'the action is not the one that the simulator was given',
    });
}

/** A row does not hold how often its action was repeated, nor whether all envs were named: what fits the digest is searched. */
function requestAgrees(
  context: OutcomeContext,
  frame: Frame,
  action: readonly (readonly [string, NamedTensor['tensor']])[],
  digest: Uint8Array,
): boolean {
  const named = action.map(([name, tensor]) => ({ name, tensor }));
  const envs: NamedTensor = {
    name: 'envs',
    tensor: { dtype: 'i32', shape: [frame.envs.length], data: frame.envs },
  };
  const all = frame.envs.length === context.spec.num_envs;
  for (let repeat = 1; repeat <= mostRepeats; repeat++) {
    if (all && sameBytes(digestStepRequest(named, repeat), digest)) return true;
    if (sameBytes(digestStepRequest([...named, envs], repeat), digest)) return true;
  }
  return false;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
