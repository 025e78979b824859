import { DriveError, invalidValue } from '../errors.ts';
import type { Item } from '../model/item.ts';
import { type QueryToken, tokenizeQuery } from './query-tokens.ts';

export type Predicate = (item: Item) => boolean;

/** A `q` parameter, understood. */
export interface Query {
  readonly matches: Predicate;
  /** The parents one of which every match has, in the order written; null if the query does not say. */
  readonly parents: readonly string[] | null;
}

type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'contains';

/**
 * Parses a search query, https://developers.google.com/workspace/drive/api/guides/ref-search-terms
 * `and` and `or` bind equally and from left to right; only parentheses change that.
 * @param resolveId turns the alias `root` into an id.
 * @throws DriveError 400 `invalid` for what Drive does not know, and (saying so) for the few terms that Drive
 *   knows and the sandbox does not.
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
    if (['owners', 'writers', 'readers'].includes(collection.text)) throw notInSandbox(collection.text);
    if (collection.text !== 'parents') throw invalidValue('q');
    const id = resolveId(value);
    return { matches: (item) => item.parent?.id === id, parents: [id] };
  }

  function parseTerm(term: string): Predicate {
    const operator = next();
    if (operator.kind === 'text') throw invalidValue('q');
    const value = next();
    const build = Object.hasOwn(TERMS, term) ? TERMS[term] : undefined;
    if (build === undefined) throw UNMODELLED.has(term) ? notInSandbox(term) : invalidValue('q');
    return build(operator.text as Operator, value);
  }

  const query = parseExpression();
  if (position < tokens.length) throw invalidValue('q');
  return query;
}

const UNMODELLED = new Set(['fullText', 'viewedByMeTime', 'properties', 'appProperties', 'visibility']);

const TERMS: Readonly<Record<string, (operator: Operator, value: QueryToken) => Predicate>> = {
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
  // `contains` finds the beginnings of words only: 'Hello' finds HelloWorld, 'World' does not.
  const escaped = wanted.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])${escaped}`, 'iu');
  return (item) => pattern.test(read(item) ?? '');
}

const RFC3339 = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/;

function timeTerm(operator: Operator, value: QueryToken, read: (item: Item) => number): Predicate {
  if (value.kind !== 'text' || !RFC3339.test(value.text)) throw invalidValue('q');
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

function notInSandbox(term: string): DriveError {
  return new DriveError(400, 'invalid', `Drive knows the query term ${term}, but the sandbox does not.`, {
    at: { location: 'q', locationType: 'parameter' },
  });
}
