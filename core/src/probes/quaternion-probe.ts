import { floatingRoots, spinError, tryFreeFlight } from './free-flight.ts';
import { turnJoints, turnRoot } from './known-turns.ts';
import { WorstDistance } from './pose-distance.ts';
import type { Probe } from './probe.ts';

const allowed = 1e-3;
const allowedSpin = 0.2;

/**
 * Bodies that were turned by a known rotation are where that rotation takes them. Floating roots are turned as a whole; on a
 * fixed base a hinge is turned, and what hangs on it must turn as one rigid body; a single free body is spun for one step.
 */
export const quaternionProbe: Probe = {
  name: 'quaternion',
  wayOut:
    'quaternions are wxyz, of links in env-local axes: turn the engine’s order where the adapter reads and where it writes',
  async run(subject) {
    const { simulator, spec } = subject;
    if (!simulator.getState || !simulator.setState) return { notApplicable: 'its state cannot be set' };
    await subject.ready();
    const names = await subject.settable();
    const start = await subject.read();
    const worst = new WorstDistance();
    const undecided: string[] = [];
    let turns = 0;
    for (const name of names) {
      const fixed = spec.entities[name]!.fixed_base;
      const shown = await (fixed ? turnJoints : turnRoot)(subject, start, name, worst);
      if (shown === 0 && !fixed) undecided.push(name);
      turns += shown;
    }
    const alone = floatingRoots(spec, start, undecided);
    const { flights } = await tryFreeFlight(subject, alone);
    if (turns === 0 && flights.length === 0)
      return { notApplicable: 'nothing can be turned in which a rotation would show' };
    const seen = [
      turns > 0 && `${turns} turns of bodies`,
      flights.length > 0 && `${flights.length} spins of free bodies`,
    ];
    const spin = spinError(flights);
    const found =
      spin.figure / allowedSpin > worst.figure / allowed
        ? { figure: spin.figure, allowed: allowedSpin, unit: '', where: spin.where }
        : { figure: worst.figure, allowed, unit: 'm, rad', where: worst.where };
    const { where, ...measured } = found;
    const past = measured.figure > measured.allowed ? `; ${where} is not where its rotation takes it` : '';
    return { ...measured, said: `${seen.filter(Boolean).join(', ')}${past}` };
  },
};
