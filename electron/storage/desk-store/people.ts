import { z } from 'zod';
import { colleagueSchema, type Colleague } from '#shared/ipc/knowledge-commands.ts';
import { CAPABILITIES, roleSchema } from '#shared/domain/roles.ts';
import type { Database } from '#shared/sqlite/open-database.ts';

const userSchema = z.object({
  userId: z.string(),
  name: z.string(),
  role: roleSchema,
  capabilities: z.array(z.enum(CAPABILITIES)),
});
export type RememberedUser = z.infer<typeof userSchema>;

const KEY = 'user';
const TEAM_KEY = 'team';

/** Who used this desk last, so that it opens without its worker (DST40). No secret: a session is never kept here. */
export class People {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  remember(user: RememberedUser): void {
    this.#database
      .prepare('INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value')
      .run(KEY, JSON.stringify(user));
  }

  /** They signed out: without its worker the desk opens for nobody (DST41). */
  forget(): void {
    this.#database.prepare('DELETE FROM meta WHERE key = ?').run(KEY);
  }

  last(): RememberedUser | null {
    const text = this.#database.prepare('SELECT value FROM meta WHERE key = ?').pluck().get(KEY);
    try {
      return text === undefined ? null : userSchema.parse(JSON.parse(text as string));
    } catch {
      return null; // From a version with other roles.
    }
  }

  /** Everybody whom the worker names (DST42). */
  keepTeam(team: readonly Colleague[]): void {
    this.#database
      .prepare('INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value')
      .run(TEAM_KEY, JSON.stringify(team));
  }

  team(): readonly Colleague[] {
    const text = this.#database.prepare('SELECT value FROM meta WHERE key = ?').pluck().get(TEAM_KEY);
    return text === undefined ? [] : z.array(colleagueSchema).parse(JSON.parse(text as string));
  }
}
