import type { Event } from '../../model/messages.ts';

/** An event of a far simulator as one line of what its start or run is doing. */
export function progressLine(name: string, event: Event): string {
  return event.kind === 'phase' ? `${name}: ${event.text}` : `${name}: ${event.kind}: ${event.text}`;
}
