/** Compares readings with what is expected. Case, punctuation, the order of people and `etc.` do not count. */
import { readFileSync } from 'node:fs';
import { describeFile } from '../../../functions/sync/metadata/file-name/describe-file.ts';

export interface Score {
  rows: number;
  title: number;
  author: number;
  year: number;
  all: number;
  misses: string[];
}

const joiners = new Set(['and', 'e', 'y', 'und', 'et']);

function fold(text: string | null | undefined): string {
  return (text ?? '')
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[’`]/gu, "'")
    .replace(/[^\p{L}\p{N}+#']+/gu, ' ')
    .trim();
}

function people(text: string | null | undefined): string {
  const words = fold(text)
    .replace(/\b(?:etc|et al)\b/gu, ' ')
    .split(' ');
  return words
    .filter((word) => word !== '' && !joiners.has(word))
    .sort()
    .join(' ');
}

/** Reads every name of a corpus (filename, title, author, year, source; one header line), and counts correct fields. */
export function scoreCorpus(path: URL, now: Date): Score {
  const score: Score = { rows: 0, title: 0, author: 0, year: 0, all: 0, misses: [] };
  for (const line of readFileSync(path, 'utf8').trim().split('\n').slice(1)) {
    const [name = '', title = '', author = '', year = ''] = line.split('\t');
    const got = describeFile(name, { now });
    const right = {
      title: fold(got.title) === fold(title),
      author: people(got.author) === people(author),
      year: (got.year ?? '') === year,
    };
    score.rows += 1;
    score.title += Number(right.title);
    score.author += Number(right.author);
    score.year += Number(right.year);
    if (right.title && right.author && right.year) score.all += 1;
    else score.misses.push(`${name}: ${got.title} | ${got.author} | ${got.year} (${got.rule})`);
  }
  return score;
}
