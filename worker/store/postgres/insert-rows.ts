import type pg from 'pg';

type Cell = string | number | boolean | null;

/** PostgreSQL keeps no NUL in a text; SQLite does. It stands for nothing a person said. */
export const text = (value: string): string => value.replaceAll('\0', '\uFFFD');

export interface RowInsert {
  readonly table: string;
  /** Column -> SQL type, in the order of the cells. */
  readonly columns: Readonly<Record<string, string>>;
  readonly rows: readonly (readonly Cell[])[];
  readonly rest?: string;
}

/** Many rows in one prepared statement, whatever their number: one array for each column. Source: research/sync.md B5. */
export async function insertRows<Row extends pg.QueryResultRow>(
  client: pg.ClientBase,
  { table, columns, rows, rest = 'ON CONFLICT DO NOTHING' }: RowInsert,
): Promise<pg.QueryResult<Row>> {
  const names = Object.keys(columns);
  const arrays = Object.values(columns).map((type, index) => `$${String(index + 1)}::${type}[]`);
  return client.query<Row>({
    name: `insert ${table}`,
    text: `INSERT INTO ${table} (${names.join(', ')}) SELECT ${names.join(', ')} FROM unnest(${arrays.join(', ')}) AS given (${names.join(', ')}) ${rest}`,
    values: names.map((_, column) =>
      rows.map(row => {
        const cell = row[column] ?? null;
        return typeof cell === 'string' ? text(cell) : cell;
      }),
    ),
  });
}
