/** Extracts from Markdown what the docs test compares with the repository: links, commands, file paths. */
import path from 'node:path';

export interface Document {
  /** Path from the repository's root. */
  file: string;
  text: string;
}

/** What the docs may refer to. */
export interface Known {
  scripts: readonly string[];
  /** The subcommands of `catalog-sync`. */
  subcommands: readonly string[];
  environments: readonly string[];
  /** Whether a path from the root is a file or folder of the repository. */
  isThere(file: string): boolean;
}

/** The text without code blocks, which contain no links or headings. */
function withoutCode(text: string): string {
  return text.replace(/^(```+)[^\n]*\n[\s\S]*?^\1\s*$/gm, '').replace(/^ {4,}.*$/gm, '');
}

/** The anchors of a page's headings, as GitHub derives them. */
export function anchorsOf(text: string): string[] {
  const seen = new Map<string, number>();
  return [...withoutCode(text).matchAll(/^#{1,6} +(.+?) *$/gm)].map(([, heading = '']) => {
    const anchor = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_\s-]/gu, '')
      .replaceAll(' ', '-');
    const times = seen.get(anchor) ?? 0;
    seen.set(anchor, times + 1);
    return times === 0 ? anchor : `${anchor}-${times}`;
  });
}

/** The links of a page to files or sections that do not exist in the repository. */
export function brokenLinks(document: Document, all: readonly Document[], known: Known): string[] {
  const prose = withoutCode(document.text).replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
    if (/^[a-z]+:/.test(link)) return [];
    const [to = '', anchor] = link.split('#');
    const file = to === '' ? document.file : path.posix.join(path.posix.dirname(document.file), to);
    const page = all.find((candidate) => candidate.file === file);
    if (!page && !known.isThere(file.replace(/\/$/, ''))) return [`${link}: ${file} does not exist`];
    if (anchor === undefined || (page && anchorsOf(page.text).includes(anchor))) return [];
    return [`${link}: ${file} does not have this section`];
  });
}

/** Finds commands in backticks and in code blocks. Joins lines that are continued with a backslash. */
export function commandsIn(text: string): string[] {
  const joined = text.replace(/ *\\\n */g, ' ');
  const inline = [...joined.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
  const blocks = [...joined.matchAll(/^ {4,}(\S.*)$|^(?:\$ )?((?:npm|npx|gcloud|bash) .*)$/gm)].map(
    ([, indented, fenced]) => indented ?? fenced ?? '',
  );
  return [...inline, ...blocks]
    .flatMap((line) => line.split(/ && | \| /))
    .map((line) => line.replace(/ +#.*$/, '').trim())
    .filter((line) => /^(npm|npx|gcloud|bash) /.test(line));
}

/** Finds paths in backticks that start with a folder of this repository. */
export function filePathsIn(text: string): string[] {
  return [...text.matchAll(/`((?:infra|functions|test|scripts|docs|library|\.ci|\.github)\/[\w./-]+)`/g)].map(
    ([, file = '']) => file.replace(/\/$/, ''),
  );
}

/** The files, commands and flags of a page that do not exist or are incomplete. */
export function problemsOf({ text }: Document, known: Known): string[] {
  const files = filePathsIn(text).filter((file) => !known.isThere(file));
  return [
    ...files.map((file) => `${file} does not exist`),
    ...commandsIn(text).flatMap((command) =>
      commandProblems(command, known).map((what) => `${command}: ${what}`),
    ),
  ];
}

function commandProblems(command: string, known: Known): string[] {
  const [, script] = /^npm run ([\w:-]+)/.exec(command) ?? [];
  if (script !== undefined)
    return known.scripts.includes(script) ? [] : [`the script ${script} does not exist`];
  const [, runs, file = ''] = /^(npx tsx|bash) (\S+)/.exec(command) ?? [];
  if (runs !== undefined) return known.isThere(file) ? [] : [`${file} does not exist`];
  const [, subcommand] = /^npx catalog-sync ([a-z-]+)/.exec(command) ?? [];
  if (subcommand !== undefined) return catalogSyncProblems(command, subcommand, known);
  const [, environment] = /^npx cdktf (?:deploy|destroy|diff) ([a-z-]+)/.exec(command) ?? [];
  if (environment !== undefined)
    return known.environments.includes(environment) ? [] : [`the environment ${environment} does not exist`];
  return command.startsWith('gcloud ') ? gcloudProblems(command) : [];
}

function catalogSyncProblems(command: string, subcommand: string, known: Known): string[] {
  const [, environment] = /--env[ =]([A-Za-z-]+)/.exec(command) ?? [];
  return [
    ...(known.subcommands.includes(subcommand) ? [] : [`the subcommand ${subcommand} does not exist`]),
    ...(environment === undefined || environment === 'ENV' || known.environments.includes(environment)
      ? []
      : [`the environment ${environment} does not exist`]),
  ];
}

/**
 * Command groups that act on a project. Without --project they use the reader's own configuration, which may have
 * none.
 */
const ofProject =
  /^gcloud (?:pubsub|scheduler|secrets|functions|logging|run|firestore|iam|services|monitoring) /;

function gcloudProblems(command: string): string[] {
  const problems: string[] = [];
  // A mention, such as `gcloud secrets`, is not a command to copy.
  if (!/ --|'/.test(command) && command.split(' ').length < 5) return problems;
  if (/ --[a-z-]+ (?!--|\\|$)\S/.test(command.replace(/'[^']*'|"[^"]*"/g, 'x')))
    problems.push('write flags as --flag=value');
  if (ofProject.test(command) && !command.includes(' --project=')) problems.push('--project= is missing');
  if (/^gcloud (?:scheduler|functions) /.test(command) && !/ --(?:location|region)=/.test(command))
    problems.push('--location= or --region= is missing');
  return problems;
}
