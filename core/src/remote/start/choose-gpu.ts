/** Variables that leave a simulator only the GPU with that number, as nvidia-smi counts, or that name. */
export function hideOtherGpus(gpu: number | string | undefined): Readonly<Record<string, string>> {
  if (gpu === undefined) return {};
  return {
    CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
    CUDA_VISIBLE_DEVICES: String(gpu).replace(/^cuda:(?=\d+$)/, ''),
  };
}

/** The same GPU as a device that engines take: `cuda:1`. */
export function deviceName(gpu: number | string): string {
  return /^\d+$/.test(String(gpu)) ? `cuda:${gpu}` : String(gpu);
}
