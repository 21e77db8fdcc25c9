/** tsyringe refuses to load without `Reflect.getMetadata`; its factories never ask it anything. Imported before tsyringe. */
if (!('getMetadata' in Reflect))
  Object.defineProperty(Reflect, 'getMetadata', {
    value: () => undefined,
    configurable: true,
    writable: true,
  });

export {};
