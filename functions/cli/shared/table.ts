import Table from 'cli-table3';

export interface Column {
  head: string;
  /** Where its cells stand; default `left`. */
  align?: 'left' | 'right';
}

/** An empty table for a person. No line between the rows: a library has many. */
export function createTable(columns: readonly Column[]): Table.Table {
  return new Table({
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
    head: columns.map(({ head }) => head),
    style: { head: [], border: [] },
    colAligns: columns.map(({ align = 'left' }) => align),
  });
}
