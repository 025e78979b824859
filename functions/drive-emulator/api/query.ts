import { DriveError, invalidValue } from '../errors.ts';
import type { Item } from '../model/item.ts';
import { type QueryToken, tokenizeQuery } from './query-tokens.ts';

export type Predicate = (item: Item) => boolean;

/** A parsed `q` parameter. */
export interface Query {
  readonly matches: Predicate;
  /** Parents in the order written: every match has one of them. Null if the query does not restrict the parent. */
  readonly parents: readonly string[] | null;
}

type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'contains';

/**
 * Parses a search query, https://developers.google.com/workspace/drive/api/guides/ref-search-terms
 * `and` and `or` have the same precedence and apply from left to right, except for parentheses.
 * @param resolveId replaces the alias `root` with an id
 * @throws DriveError 400 `invalid` for a query that Drive rejects, and, with an explanation, for the few terms that
 *   Drive supports but the emulator does not
 */
export function parseQuery(text: string, resolveId: (id: string) => string): Query {
  const tokens = tokenizeQuery(text);
  let position = 0;

  function next(): QueryToken {
    const token = tokens[position++];
    if (token === undefined) throw invalidValue('q');
    return token;
  }

  function parseExpression(): Query {
    let left = parseOperand();
    for (;;) {
      const token = tokens[position];
      if (token?.kind !== 'word' || (token.text !== 'and' && token.text !== 'or')) return left;
      position++;
      const right = parseOperand();
      left = token.text === 'and' ? both(left, right) : either(left, right);
    }
  }

  function parseOperand(): Query {
    const token = next();
    if (token.kind === 'text') return parseIn(token.text);
    if (token.kind === 'word' && token.text === 'not') {
      const negated = parseOperand();
      return { matches: (item) => !negated.matches(item), parents: null };
    }
    if (token.kind === 'word') return { matches: parseTerm(token.text), parents: null };
    if (token.text !== '(') throw invalidValue('q');
    const inner = parseExpression();
    const close = next();
    if (close.kind !== 'symbol' || close.text !== ')') throw invalidValue('q');
    return inner;
  }

  function parseIn(value: string): Query {
    if (next().text !== 'in') throw invalidValue('q');
    const collection = next();
    if (collection.kind !== 'word') throw invalidValue('q');
    if (['owners', 'writers', 'readers'].includes(collection.text)) throw unsupportedTerm(collection.text);
    if (collection.text !== 'parents') throw invalidValue('q');
    const id = resolveId(value);
    return { matches: (item) => item.parent?.id === id, parents: [id] };
  }

  function parseTerm(term: string): Predicate {
    const operator = next();
    if (operator.kind === 'text') throw invalidValue('q');
    const value = next();
    const build = Object.hasOwn(terms, term) ? terms[term] : undefined;
    if (build === undefined) throw unsupportedTerms.has(term) ? unsupportedTerm(term) : invalidValue('q');
    return build(operator.text as Operator, value);
  }

  const query = parseExpression();
  if (position < tokens.length) throw invalidValue('q');
  return query;
}

const unsupportedTerms = new Set(['fullText', 'viewedByMeTime', 'properties', 'appProperties', 'visibility']);

const terms: Readonly<Record<string, (operator: Operator, value: QueryToken) => Predicate>> = {
  name: (operator, value) => textTerm(operator, value, (item) => item.name),
  mimeType: (operator, value) => textTerm(operator, value, (item) => item.mimeType),
  'shortcutDetails.targetId': (operator, value) => {
    if (operator === 'contains') throw invalidValue('q');
    return textTerm(operator, value, (item) => item.extra?.target?.id ?? null);
  },
  modifiedTime: (operator, value) => timeTerm(operator, value, (item) => item.modifiedMs),
  createdTime: (operator, value) => timeTerm(operator, value, (item) => item.createdMs),
  trashed: (operator, value) => booleanTerm(operator, value, (item) => item.trashed),
  starred: (operator, value) => booleanTerm(operator, value, () => false),
  sharedWithMe: (operator, value) => booleanTerm(operator, value, () => false),
};

function textTerm(operator: Operator, value: QueryToken, read: (item: Item) => string | null): Predicate {
  if (value.kind !== 'text') throw invalidValue('q');
  const wanted = value.text;
  if (operator === '=') return (item) => read(item) === wanted;
  if (operator === '!=') return (item) => read(item) !== wanted;
  if (operator !== 'contains') throw invalidValue('q');
  // `contains` matches only at the start of a word: 'Hello' finds HelloWorld, 'World' does not.
  const escaped = wanted.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])${escaped}`, 'iu');
  return (item) => pattern.test(read(item) ?? '');
}

const rfc3339 = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/;

function timeTerm(operator: Operator, value: QueryToken, read: (item: Item) => number): Predicate {
  if (value.kind !== 'text' || !rfc3339.test(value.text)) throw invalidValue('q');
  // The default time zone is UTC.
  const hasZone = /(Z|[+-]\d\d:?\d\d)$/.test(value.text) && value.text.includes('T');
  const wanted = Date.parse(hasZone || !value.text.includes('T') ? value.text : `${value.text}Z`);
  if (Number.isNaN(wanted)) throw invalidValue('q');
  if (operator === '=') return (item) => read(item) === wanted;
  if (operator === '!=') return (item) => read(item) !== wanted;
  if (operator === '<') return (item) => read(item) < wanted;
  if (operator === '<=') return (item) => read(item) <= wanted;
  if (operator === '>') return (item) => read(item) > wanted;
  if (operator === '>=') return (item) => read(item) >= wanted;
  throw invalidValue('q');
}

function booleanTerm(operator: Operator, value: QueryToken, read: (item: Item) => boolean): Predicate {
  if (value.kind !== 'word' || (value.text !== 'true' && value.text !== 'false')) throw invalidValue('q');
  if (operator !== '=' && operator !== '!=') throw invalidValue('q');
  const wanted = (value.text === 'true') === (operator === '=');
  return (item) => read(item) === wanted;
}

function both(left: Query, right: Query): Query {
  return {
    matches: (item) => left.matches(item) && right.matches(item),
    parents: left.parents ?? right.parents,
  };
}

function either(left: Query, right: Query): Query {
  return {
    matches: (item) => left.matches(item) || right.matches(item),
    parents:
      left.parents !== null && right.parents !== null
        ? [...new Set([...left.parents, ...right.parents])]
        : null,
  };
}

function unsupportedTerm(term: string): DriveError {
  return new DriveError(400, 'invalid', `The Drive emulator does not support the query term ${term}.`, {
    at: { location: 'q', locationType: 'parameter' },
  });
}
