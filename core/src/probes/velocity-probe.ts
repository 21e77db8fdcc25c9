import { crossVectors, dotVectors, lengthOf, scaleVector, subtractVectors } from '../model/vector.ts';
import type { Flight } from './flight-plan.ts';
import { floatingRoots, spinError, tryFreeFlight } from './free-flight.ts';
import type { Probe } from './probe.ts';

const allowed = 0.2;
/** A centre of mass nearer than this to the link's origin moves as the origin does. */
const leastOffset = 1e-3;

/**
 * A floating root that is set to known velocities moves by them: its link's origin, not its centre of mass, and in world
 * axes. Figures are parts of what was set: 0 is right, and for a centre of mass 1 is its velocity taken for the link's.
 */
export const velocityProbe: Probe = {
  name: 'velocity',
  wayOut:
    'root velocities are of the link’s origin in world axes: shift the engine’s by ω × R·com, and turn body axes',
  async run(subject) {
    const { simulator, spec } = subject;
    if (!simulator.getState || !simulator.setState) return { notApplicable: 'its state cannot be set' };
    const names = floatingRoots(spec, await subject.read(), await subject.settable());
    if (names.length === 0) return { notApplicable: 'no root floats' };
    const { flights, grounded } = await tryFreeFlight(subject, names);
    if (flights.length === 0) return { notApplicable: grounded };
    const worst = spinError(flights);
    const shifted = flights.filter(({ centre }) => lengthOf(centre) > leastOffset);
    for (const flight of flights) worst.take(linearError(flight), `${flight.entity}.root_lin_vel`);
    for (const flight of shifted)
      worst.take(shareOfCentre(flight), `${flight.entity}.root_lin_vel, as if of the centre of mass,`);
    const seen = `${flights.length} flight${flights.length === 1 ? '' : 's'}${shifted.length === 0 ? '; no centre of mass is off its link’s origin' : ''}`;
    const said =
      worst.figure > allowed ? `${worst.where} is not the velocity with which the root moved` : seen;
    return { figure: worst.figure, allowed, unit: '', said };
  },
};

function linearError({ linear, byLinear, step }: Flight): number {
  const wanted = scaleVector(linear, 2 * step);
  return lengthOf(subtractVectors(byLinear, wanted)) / lengthOf(wanted);
}

/** 0 when spinning leaves the link's origin where it is, 1 when it leaves the centre of mass there. */
function shareOfCentre({ centre, angular, byAngular, step }: Flight): number {
  const shift = scaleVector(crossVectors(angular, centre), -2 * step);
  return Math.abs(dotVectors(byAngular, shift)) / dotVectors(shift, shift);
}
