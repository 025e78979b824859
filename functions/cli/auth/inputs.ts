/** Reads what the authorization flow needs from `.env.<environment>`, which may still be incomplete. */
import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  envFileName,
  findIdentityProblem,
  missingFile,
  parseIdentity,
  readValues,
} from '../../../infra/settings/env-file.ts';
import { type EnvironmentName, environments, type Identity } from '../../../infra/settings/environments.ts';
import type { Settings } from '../../sync/core/config.ts';
import { parseFolder } from '../../sync/core/setting-values.ts';
import { neededScope } from '../../sync/drive/connection.ts';
import { CommandError } from '../shared/command-error.ts';
import { exitCodes } from '../shared/exit-codes.ts';

export interface Inputs {
  /** The name of the file, for messages. */
  fileName: string;
  file: string;
  clientId: string;
  clientSecret: string;
  scope: string;
  embeddedMetadata: Settings['embeddedMetadata'];
  folder: Settings['folder'] | undefined;
  apiRoot: string | undefined;
  identity: Identity;
  /** All values in the file, for the redactor. */
  values: Record<string, string>;
  /** The console page that sets who may consent. */
  consentPage: string;
}

/**
 * Reads the settings, and makes sure that the token can be saved before the person is asked to allow access.
 *
 * @throws CommandError that says what to do first
 */
export function readInputs(name: EnvironmentName, root: string): Inputs {
  const fileName = envFileName({ name });
  const file = join(root, fileName);
  if (!existsSync(file)) throw new CommandError(`${missingFile(environments[name])}.`, exitCodes.usage);
  requireWritable(file, fileName);
  const values = readValues(file);
  const misspelled = findIdentityProblem(values);
  if (misspelled) throw new CommandError(`${fileName} is invalid: ${misspelled}.`, exitCodes.usage);
  const { GOOGLE_CLIENT_ID: clientId, GOOGLE_CLIENT_SECRET: clientSecret } = values;
  const project = projectQuery(values);
  if (!clientId || !clientSecret) throw new CommandError(howToMakeClient(fileName, project), exitCodes.usage);
  const mode = values.EMBEDDED_METADATA;
  // As in a run with IDENTITY=oauth: without a value, file content is not read.
  const embeddedMetadata = mode === 'fill' || mode === 'prefer' ? mode : 'off';
  return {
    fileName,
    file,
    clientId,
    clientSecret,
    embeddedMetadata,
    scope: neededScope(embeddedMetadata),
    folder: parseFolder(values.GOOGLE_DRIVE_FOLDER_ID ?? ''),
    apiRoot: values.GOOGLE_API_ROOT?.replace(/\/+$/, ''),
    identity: parseIdentity(values.IDENTITY) ?? environments[name].identity,
    values,
    consentPage: `https://console.cloud.google.com/auth/audience${project}`,
  };
}

/** The new file replaces the old one by a rename, so the folder must be writable too. */
function requireWritable(file: string, fileName: string): void {
  try {
    accessSync(file, constants.R_OK | constants.W_OK);
    accessSync(dirname(file), constants.W_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CommandError(
      `${fileName} or its folder is not writable (${code}), so a token could not be saved. Make it writable, then run the command again.`,
      exitCodes.usage,
    );
  }
}

/** Selects the project of the OAuth client if its ID contains it, otherwise the project to deploy to. */
function projectQuery({
  GOOGLE_CLIENT_ID: clientId = '',
  PROJECT_ID: project,
}: Record<string, string>): string {
  const known = /^(\d+)-/.exec(clientId)?.[1] ?? project;
  return known ? `?project=${encodeURIComponent(known)}` : '';
}

function howToMakeClient(fileName: string, project: string): string {
  return [
    `${fileName} has no OAuth client: GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET are required. To create one:`,
    `  1. Enable the Drive API: https://console.cloud.google.com/apis/library/drive.googleapis.com${project}`,
    `  2. Set the consent screen to "Internal", or to "External" and "In production": https://console.cloud.google.com/auth/audience${project}`,
    `  3. Create a client of type "Desktop app": https://console.cloud.google.com/auth/clients/create${project}`,
    `  4. Set its ID and secret in ${fileName}, then run this command again.`,
  ].join('\n');
}
