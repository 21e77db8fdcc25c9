import './reflect-shim.ts';
import { container, instanceCachingFactory, type DependencyContainer, type InjectionToken } from 'tsyringe';
import type { PortByKind, PortKind } from '../../ports/plugin.ts';

/** Names an opened section in a pipeline's container: `farsim/simulator/plant`. */
export function portToken<Kind extends PortKind>(
  kind: Kind,
  name: string,
): InjectionToken<Promise<PortByKind[Kind]>> {
  return Symbol.for(`farsim/${kind}/${name}`);
}

/** A container of its own below `parent`; the global one stays empty. */
export function createContainer(parent: DependencyContainer = container): DependencyContainer {
  return parent.createChildContainer();
}

/** Makes `open` the way to a port: called when the port is first asked for, once. */
export function registerPort<Kind extends PortKind>(
  into: DependencyContainer,
  kind: Kind,
  name: string,
  open: () => Promise<PortByKind[Kind]>,
): void {
  into.register(portToken(kind, name), { useFactory: instanceCachingFactory(open) });
}
