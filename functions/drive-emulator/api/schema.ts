/** The fields of a resource: a leaf, an open map, or an object with fields of its own. */
export interface Schema {
  readonly [field: string]: true | Schema;
}

function leaves(names: string): Schema {
  return Object.fromEntries(names.split(/\s+/).map((name) => [name, true]));
}

const USER = leaves('displayName emailAddress kind me permissionId photoLink');

/**
 * Every field of a file. Names as in https://developers.google.com/workspace/drive/api/reference/rest/v3/files
 * A test holds this list against the types of `googleapis`. Fields the sandbox has no value for are accepted and
 * absent from the answer, as Drive leaves out what does not apply.
 */
export const FILE: Schema = {
  ...leaves(
    `appProperties copyRequiresWriterPermission createdTime description driveId explicitlyTrashed exportLinks
    fileExtension folderColorRgb fullFileExtension hasAugmentedPermissions hasThumbnail headRevisionId iconLink id
    inheritedPermissionsDisabled isAppAuthorized kind md5Checksum mimeType modifiedByMe modifiedByMeTime
    modifiedTime name originalFilename ownedByMe parents permissionIds properties quotaBytesUsed resourceKey
    sha1Checksum sha256Checksum shared sharedWithMeTime size spaces starred teamDriveId thumbnailLink
    thumbnailVersion trashed trashedTime version viewedByMe viewedByMeTime viewersCanCopyContent webContentLink
    webViewLink writersCanShare capabilities clientEncryptionDetails contentHints contentRestrictions
    downloadRestrictions imageMediaMetadata labelInfo permissions videoMediaMetadata`,
  ),
  lastModifyingUser: USER,
  linkShareMetadata: leaves('securityUpdateEligible securityUpdateEnabled'),
  owners: USER,
  sharingUser: USER,
  shortcutDetails: leaves('targetId targetMimeType targetResourceKey'),
  trashingUser: USER,
};

/** A shared drive. */
export const DRIVE: Schema = leaves(
  `backgroundImageFile backgroundImageLink capabilities colorRgb createdTime hidden id kind name orgUnitId
  restrictions themeId`,
);

/** The answer of files.list. */
export const FILE_LIST: Schema = { ...leaves('incompleteSearch kind nextPageToken'), files: FILE };

/** The answer of changes.list. */
export const CHANGE_LIST: Schema = {
  ...leaves('kind newStartPageToken nextPageToken'),
  changes: {
    ...leaves('changeType driveId fileId kind removed teamDriveId time type teamDrive'),
    drive: DRIVE,
    file: FILE,
  },
};

/** The answer of changes.getStartPageToken. */
export const START_PAGE_TOKEN: Schema = leaves('kind startPageToken');

/** The answer of about.get. */
export const ABOUT: Schema = {
  ...leaves(
    `appInstalled canCreateDrives canCreateTeamDrives driveThemes exportFormats folderColorPalette importFormats
    kind maxImportSizes maxUploadSize teamDriveThemes`,
  ),
  storageQuota: leaves('limit usage usageInDrive usageInDriveTrash'),
  user: USER,
};
