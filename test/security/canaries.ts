/** Values that stand for secrets, planted wherever a secret may be, and the search for them in whatever came out. */
import { generateKeyPairSync } from 'node:crypto';

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** The public half, for the sandbox to check signatures by. */
export const publicKey = pair.publicKey;

/**
 * The secrets of a deployment. None looks like what Google issues, so that only its value can give it away: what
 * looks like a credential is another rule of the redactor, with tests of its own.
 */
export const canaries = {
  clientSecret: 'canary client+secret/7Qx=é'.replaceAll(' ', '!'),
  refreshToken: "canary/refresh(token)'4vT&k=1~",
  privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
} as const;

/** What an access token begins with; the sandbox's do too, and each is another one. */
const accessToken = 'ya29.';

/** The variables a deployment sets from its secrets. */
export const secretVariables = {
  GOOGLE_CLIENT_ID: 'canary.apps.googleusercontent.com',
  GOOGLE_CLIENT_SECRET: canaries.clientSecret,
  GOOGLE_REFRESH_TOKEN: canaries.refreshToken,
  FIREBASE_CLIENT_EMAIL: 'sync@canary-project.iam.gserviceaccount.com',
  FIREBASE_PRIVATE_KEY: canaries.privateKey,
};

/** Every text by which a secret would be out, with what it is called in a test's report. */
const wanted: readonly (readonly [string, string])[] = [
  ['an access token', accessToken],
  ...Object.entries(canaries).flatMap(([name, value]) => [
    ...formsOf(value).map(([form, text]) => [`${name} ${form}`, text] as const),
    // A part of a key is as bad as half a key.
    ...linesOf(value).flatMap((line, index) =>
      formsOf(line).map(([form, text]) => [`${name} line ${index + 1} ${form}`, text] as const),
    ),
  ]),
];

/** Names every secret that `output` shows, in whatever form. */
export function findCanaries(output: string): string[] {
  return wanted.filter(([, text]) => output.includes(text)).map(([name]) => name);
}

function linesOf(value: string): string[] {
  return value.includes('\n') ? value.split('\n').filter((line) => line !== '' && !line.startsWith('-')) : [];
}

/** The ways in which programs write a text into another one. */
function formsOf(value: string): [form: string, text: string][] {
  const json = JSON.stringify(value).slice(1, -1);
  const forms: [string, string][] = [
    ['raw', value],
    ['raw, trimmed', value.trim()],
    ['URL-encoded', encodeURIComponent(value)],
    ['form-encoded', new URLSearchParams({ v: value }).toString().slice(2)],
    ['JSON-escaped', json],
    ['JSON-escaped twice', JSON.stringify(json).slice(1, -1)],
    ['hexadecimal', Buffer.from(value).toString('hex')],
  ];
  for (const offset of [0, 1, 2]) {
    const text = base64At(value, offset);
    forms.push([`base64, ${offset} bytes in`, text]);
    forms.push([`base64url, ${offset} bytes in`, text.replaceAll('+', '-').replaceAll('/', '_')]);
  }
  return forms;
}

/** The part of the base64 of a longer text that this value alone decides, where it begins at `offset` modulo 3. */
function base64At(value: string, offset: number): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(value)]);
  const first = Math.ceil((offset * 8) / 6);
  const last = Math.floor((bytes.length * 8) / 6);
  return bytes.toString('base64').slice(first, last);
}
