export { openPipeline, type Pipeline } from '@farsim/core';
