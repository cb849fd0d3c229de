import type { ESLint } from 'eslint';
import { importZones } from './import-zones.ts';
import { noRawIpc } from './no-raw-ipc.ts';
import { noSelectStar } from './no-select-star.ts';
import { staticLogMessage } from './static-log-message.ts';
import { unitInName } from './unit-in-name.ts';

/** Our own rules. Each message says why; each rule is tested beside its source. */
export const housePlugin: ESLint.Plugin = {
  rules: {
    'import-zones': importZones,
    'no-raw-ipc': noRawIpc,
    'no-select-star': noSelectStar,
    'static-log-message': staticLogMessage,
    'unit-in-name': unitInName,
  },
};
