/** What the flow needs of `.env.<environment>`, which may be far from complete. */
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
  /** What the file is called, for people. */
  fileName: string;
  file: string;
  clientId: string;
  clientSecret: string;
  scope: string;
  embeddedMetadata: Settings['embeddedMetadata'];
  folder: Settings['folder'] | undefined;
  apiRoot: string | undefined;
  identity: Identity;
  /** Every value of the file, for the redactor. */
  values: Record<string, string>;
  /** The console's page about who may consent. */
  consentPage: string;
}

/**
 * Reads what is needed, and makes sure that the token can be saved before anybody is asked for it.
 * @throws CommandError that says what to do first
 */
export function readInputs(name: EnvironmentName, root: string): Inputs {
  const fileName = envFileName({ name });
  const file = join(root, fileName);
  if (!existsSync(file)) throw new CommandError(`${missingFile(environments[name])}.`, exitCodes.usage);
  requireWritable(file, fileName);
  const values = readValues(file);
  const misspelt = findIdentityProblem(values);
  if (misspelt) throw new CommandError(`${fileName} cannot be used: ${misspelt}.`, exitCodes.usage);
  const { GOOGLE_CLIENT_ID: clientId, GOOGLE_CLIENT_SECRET: clientSecret } = values;
  const project = projectQuery(values);
  if (!clientId || !clientSecret) throw new CommandError(howToMakeClient(fileName, project), exitCodes.usage);
  const mode = values.EMBEDDED_METADATA;
  // As for a run with IDENTITY=oauth: without a value content is left alone.
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

/** The new file is put in the old one's place, so it is the folder that must be writable. */
function requireWritable(file: string, fileName: string): void {
  try {
    accessSync(file, constants.R_OK | constants.W_OK);
    accessSync(dirname(file), constants.W_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CommandError(
      `${fileName} or its folder may not be written (${code}), so a token could not be saved. Change that, then start again.`,
      exitCodes.usage,
    );
  }
}

/** The client's project where its id tells, else the one that is deployed to. */
function projectQuery({
  GOOGLE_CLIENT_ID: clientId = '',
  PROJECT_ID: project,
}: Record<string, string>): string {
  const known = /^(\d+)-/.exec(clientId)?.[1] ?? project;
  return known ? `?project=${encodeURIComponent(known)}` : '';
}

function howToMakeClient(fileName: string, project: string): string {
  return [
    `${fileName} names no OAuth client: GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET are needed. To make one:`,
    `  1. Turn the Drive API on: https://console.cloud.google.com/apis/library/drive.googleapis.com${project}`,
    `  2. Set the consent screen to "Internal", or to "External" and "In production": https://console.cloud.google.com/auth/audience${project}`,
    `  3. Make a client of the type "Desktop app": https://console.cloud.google.com/auth/clients/create${project}`,
    `  4. Put its id and secret into ${fileName}, and start again.`,
  ].join('\n');
}
