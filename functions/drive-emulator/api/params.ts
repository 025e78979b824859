import { DriveError, parameterError } from '../errors.ts';

/** The calls that the emulator supports, named as in Drive's reference. */
export type Method =
  | 'files.list'
  | 'files.get'
  | 'files.download'
  | 'changes.list'
  | 'changes.getStartPageToken'
  | 'about.get'
  | 'drives.get'
  | 'oauth.auth'
  | 'oauth.token'
  | 'oauth.tokeninfo';

type Kind = 'text' | 'boolean' | 'integer';

const standardParams: Readonly<Record<string, Kind>> = {
  '$.xgafv': 'text',
  access_token: 'text',
  alt: 'text',
  callback: 'text',
  fields: 'text',
  key: 'text',
  oauth_token: 'text',
  prettyPrint: 'boolean',
  quotaUser: 'text',
  upload_protocol: 'text',
  uploadType: 'text',
};

const driveParams: Readonly<Record<string, Kind>> = {
  driveId: 'text',
  supportsAllDrives: 'boolean',
  supportsTeamDrives: 'boolean',
  teamDriveId: 'text',
};

const itemParams: Readonly<Record<string, Kind>> = {
  includeItemsFromAllDrives: 'boolean',
  includeLabels: 'text',
  includePermissionsForView: 'text',
  includeTeamDriveItems: 'boolean',
};

const getParams: Readonly<Record<string, Kind>> = {
  acknowledgeAbuse: 'boolean',
  includeLabels: 'text',
  includePermissionsForView: 'text',
  supportsAllDrives: 'boolean',
  supportsTeamDrives: 'boolean',
};

const pageParams: Readonly<Record<string, Kind>> = { pageSize: 'integer', pageToken: 'text', spaces: 'text' };

const paramsByMethod: Readonly<Record<Method, Readonly<Record<string, Kind>>>> = {
  'files.list': {
    ...driveParams,
    ...itemParams,
    ...pageParams,
    corpora: 'text',
    corpus: 'text',
    orderBy: 'text',
    q: 'text',
  },
  'files.get': getParams,
  'files.download': getParams,
  'changes.list': {
    ...driveParams,
    ...itemParams,
    ...pageParams,
    includeCorpusRemovals: 'boolean',
    includeRemoved: 'boolean',
    restrictToMyDrive: 'boolean',
  },
  'changes.getStartPageToken': driveParams,
  'about.get': {},
  'drives.get': { useDomainAdminAccess: 'boolean' },
  'oauth.auth': {},
  'oauth.token': {},
  'oauth.tokeninfo': {},
};

const maxPageSize = 1000;
const defaultPageSize = 100;

/**
 * The query parameters of a call, checked against the parameters that Drive's discovery document lists for the
 * method.
 */
export class Params {
  readonly #values: URLSearchParams;

  /** @throws DriveError 400 for a parameter of the wrong type or one that Drive does not support for this method */
  constructor(method: Method, values: URLSearchParams) {
    this.#values = values;
    const known = new Map(Object.entries({ ...standardParams, ...paramsByMethod[method] }));
    for (const [name, value] of values) {
      const kind = known.get(name);
      if (kind === undefined) throw unknownParameter(name);
      if (kind === 'boolean' && !/^(true|false)$/i.test(value)) throw wrongType(name, 'TYPE_BOOL', value);
      if (kind === 'integer' && !/^-?\d{1,9}$/.test(value)) throw wrongType(name, 'TYPE_INT32', value);
    }
    const alt = this.text('alt');
    if (alt !== null && alt !== 'json' && alt !== 'media') throw unknownParameter('alt');
    if (alt === 'media' && method !== 'files.download') throw unknownParameter('alt');
    this.#checkSpaces();
    if (this.includesAllDrives && !this.supportsAllDrives) {
      throw parameterError(
        403,
        'supportsTeamDrivesRequired',
        'supportsAllDrives',
        'The supportsAllDrives parameter must be set to true when includeItemsFromAllDrives is set to true.',
      );
    }
  }

  text(name: string): string | null {
    return this.#values.get(name);
  }

  /** @throws DriveError 400 `required` if the parameter is missing */
  requiredText(name: string): string {
    const value = this.#values.get(name);
    if (value === null || value === '') {
      throw parameterError(400, 'required', name, `Required parameter: ${name}`);
    }
    return value;
  }

  flag(name: string, byDefault = false): boolean {
    const value = this.#values.get(name);
    return value === null ? byDefault : value.toLowerCase() === 'true';
  }

  get supportsAllDrives(): boolean {
    return this.flag('supportsAllDrives') || this.flag('supportsTeamDrives');
  }

  get includesAllDrives(): boolean {
    return this.flag('includeItemsFromAllDrives') || this.flag('includeTeamDriveItems');
  }

  get driveId(): string | null {
    return this.text('driveId') ?? this.text('teamDriveId');
  }

  /**
   * The number of entries per page. Stricter than Drive, which currently treats more than 1000 as 1000: a client that
   * requests more relies on something it does not get.
   * @throws DriveError 400 outside 1..1000
   */
  pageSize(): number {
    const text = this.#values.get('pageSize');
    if (text === null) return defaultPageSize;
    const size = Number(text);
    if (size >= 1 && size <= maxPageSize) return size;
    throw parameterError(
      400,
      'invalidParameter',
      'pageSize',
      `Invalid value '${text}'. Values must be within the range: [1, ${maxPageSize}]`,
    );
  }

  #checkSpaces(): void {
    const spaces = this.text('spaces')?.split(',') ?? ['drive'];
    if (spaces.includes('appDataFolder')) {
      throw parameterError(
        403,
        'insufficientScopes',
        'spaces',
        'The granted scopes do not give access to all of the requested spaces.',
      );
    }
    if (spaces.some((space) => space !== 'drive')) {
      throw parameterError(400, 'invalid', 'spaces', 'Invalid Value');
    }
  }
}

function unknownParameter(name: string): DriveError {
  const message = `Invalid JSON payload received. Unknown name "${name}": Cannot bind query parameter. Field '${name}' could not be found in request message.`;
  return new DriveError(400, 'invalid', message, {
    at: { location: name, locationType: 'parameter' },
    status: 'INVALID_ARGUMENT',
  });
}

function wrongType(name: string, type: string, value: string): DriveError {
  const field = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return new DriveError(400, 'invalid', `Invalid value at '${field}' (${type}), "${value}"`, {
    at: { location: name, locationType: 'parameter' },
    status: 'INVALID_ARGUMENT',
  });
}
