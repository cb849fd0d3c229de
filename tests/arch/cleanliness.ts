/** Things that must not be in a file, each with the reason. */
export const STAINS: ReadonlyArray<{
  readonly what: string;
  readonly pattern: RegExp;
  readonly files: RegExp;
}> = [
  {
    what: 'a path that exists on one machine only',
    pattern: /(?<![\w.$}*-])(?:\/work\/|\/root\/|\/home\/[a-z]|\/Users\/[A-Za-z]|[A-Z]:\\+Users\\+)/,
    files: /./,
  },
  {
    what: 'a package registry: which one to use is the business of the machine',
    pattern:
      /(?:^registry\s*=|\bnpm_config_registry\b|https?:\/\/(?!registry\.npmjs\.org)[\w.-]*(?:registry|artifactory|verdaccio|nexus)[\w.-]*[:/])/m,
    files: /^(?!tests\/arch\/)/,
  },
  {
    what: 'a test that silences the others, or itself: say why with context.skip(reason)',
    pattern:
      /\b(?:test|it|describe)(?:\.\w+)*\.(?:only|todo)\(|\b(?:test|it|describe)(?:\.\w+)*\.skip\(\s*['"`]/,
    files: /\.(?:test|contract|e2e)\.tsx?$/,
  },
];

/** `path:line: what` for each line that holds one. */
export function stainsIn(path: string, text: string): string[] {
  const stains = STAINS.filter(({ files }) => files.test(path));
  return text
    .split('\n')
    .flatMap((line, index) =>
      stains.flatMap(({ what, pattern }) => (pattern.test(line) ? [`${path}:${index + 1}: ${what}`] : [])),
    );
}
