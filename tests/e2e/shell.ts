/** The two shells of the console. Tests of the whole console run once in each. */
export type Shell = 'browser' | 'desktop';
