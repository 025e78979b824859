import { invalidValue } from '../errors.ts';

/** A quoted string (unescaped), a word such as `name` or `and`, or an operator or parenthesis. */
export interface QueryToken {
  readonly kind: 'text' | 'word' | 'symbol';
  readonly text: string;
}

const tokenPattern =
  /\s*(?:'(?<text>(?:[^'\\]|\\['\\])*)'|(?<word>[A-Za-z][A-Za-z.]*)|(?<symbol><=|>=|!=|=|<|>|\(|\)))/uy;

/**
 * Splits a `q` parameter into tokens. In a quoted string, `\'` is an apostrophe and `\\` a backslash. Any other
 * backslash, an unmatched apostrophe or an unknown character is an error.
 * @throws DriveError 400 `invalid`
 */
export function tokenizeQuery(query: string): QueryToken[] {
  const tokens: QueryToken[] = [];
  tokenPattern.lastIndex = 0;
  const end = query.trimEnd().length;
  while (tokenPattern.lastIndex < end) {
    const groups = tokenPattern.exec(query)?.groups;
    if (groups === undefined) throw invalidValue('q');
    const { text, word, symbol } = groups;
    if (text !== undefined) tokens.push({ kind: 'text', text: text.replace(/\\(['\\])/g, '$1') });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else tokens.push({ kind: 'symbol', text: symbol as string });
  }
  return tokens;
}
