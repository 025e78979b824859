/** Canary values that are used in place of secrets, and a search for them in any output. */
import { generateKeyPairSync } from 'node:crypto';

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** The public key, with which the Drive emulator checks signatures. */
export const publicKey = pair.publicKey;

/**
 * The secrets of a deployment. None has the format of a Google credential, so that the redactor can recognize it only
 * by its value. Recognizing credentials by their format is a separate rule of the redactor, with its own tests.
 */
export const canaries = {
  clientSecret: 'canary client+secret/7Qx=é'.replaceAll(' ', '!'),
  refreshToken: "canary/refresh(token)'4vT&k=1~",
  privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
} as const;

/** The prefix of access tokens. The Drive emulator's tokens have it too, and each token is different. */
const accessToken = 'ya29.';

/** The variables that a deployment sets from its secrets. */
export const secretVariables = {
  GOOGLE_CLIENT_ID: 'canary.apps.googleusercontent.com',
  GOOGLE_CLIENT_SECRET: canaries.clientSecret,
  GOOGLE_REFRESH_TOKEN: canaries.refreshToken,
  FIREBASE_CLIENT_EMAIL: 'sync@canary-project.iam.gserviceaccount.com',
  FIREBASE_PRIVATE_KEY: canaries.privateKey,
};

/** Every string that would reveal a secret, with its name in test reports. */
const wanted: readonly (readonly [string, string])[] = [
  ['an access token', accessToken],
  ...Object.entries(canaries).flatMap(([name, value]) => [
    ...formsOf(value).map(([form, text]) => [`${name} ${form}`, text] as const),
    // A single line of a key must not be revealed either.
    ...linesOf(value).flatMap((line, index) =>
      formsOf(line).map(([form, text]) => [`${name} line ${index + 1} ${form}`, text] as const),
    ),
  ]),
];

/** Returns the names of all secrets that `output` contains, in any form. */
export function findCanaries(output: string): string[] {
  return wanted.filter(([, text]) => output.includes(text)).map(([name]) => name);
}

function linesOf(value: string): string[] {
  return value.includes('\n') ? value.split('\n').filter((line) => line !== '' && !line.startsWith('-')) : [];
}

/** The encodings in which programs embed one string in another. */
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

/** The part of a longer string's base64 that depends on this value alone, if the value starts at `offset` modulo 3. */
function base64At(value: string, offset: number): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(value)]);
  const first = Math.ceil((offset * 8) / 6);
  const last = Math.floor((bytes.length * 8) / 6);
  return bytes.toString('base64').slice(first, last);
}
