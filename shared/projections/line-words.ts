import { POOR_MOS, RECOVERED_MOS } from '#shared/domain/quality-alert.ts';
import type { CallTimeline } from './call-timeline.ts';

export interface LineWords {
  readonly words: string;
  readonly grade: LineGrade;
}
export type LineGrade = 'good' | 'fair' | 'poor' | 'bad';

/** Below this most people do not want to go on. */
const BAD_MOS = 3.1;

/** The line by its worse direction: as it is, or of an ended call as it was; `null` where nothing is known (MOS8). */
export function lineWords({ quality, endedAtMs }: CallTimeline): LineWords | null {
  const lines = Object.values(quality);
  if (lines.length === 0) return null;
  const worst = (read: (line: (typeof lines)[number]) => number): number => Math.min(...lines.map(read));
  if (endedAtMs === null)
    return graded(
      'Line',
      worst(line => line.mos),
      '',
    );
  return graded(
    'Line was',
    worst(line => line.meanMos),
    `, at worst ${worst(line => line.worstMos).toFixed(1)}`,
  );
}

function graded(subject: string, mos: number, more: string): LineWords {
  const grade = gradeOf(mos);
  return { words: `${subject}: ${grade}, ${mos.toFixed(1)}${more}`, grade };
}

function gradeOf(mos: number): LineGrade {
  if (mos >= RECOVERED_MOS) return 'good';
  if (mos >= POOR_MOS) return 'fair';
  return mos >= BAD_MOS ? 'poor' : 'bad';
}
