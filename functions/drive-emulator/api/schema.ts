/** The fields of a resource. `true` is a field without selectable subfields. */
export interface Schema {
  readonly [field: string]: true | Schema;
}

function leaves(names: string): Schema {
  return Object.fromEntries(names.split(/\s+/).map((name) => [name, true]));
}

const userSchema = leaves('displayName emailAddress kind me permissionId photoLink');

/**
 * Every field of a file, named as in https://developers.google.com/workspace/drive/api/reference/rest/v3/files
 * A test compares this list with the types of `googleapis`. Fields without a value in the emulator are accepted and
 * absent from the response, just as Drive omits fields that do not apply.
 */
export const fileSchema: Schema = {
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
  lastModifyingUser: userSchema,
  linkShareMetadata: leaves('securityUpdateEligible securityUpdateEnabled'),
  owners: userSchema,
  sharingUser: userSchema,
  shortcutDetails: leaves('targetId targetMimeType targetResourceKey'),
  trashingUser: userSchema,
};

/** Every field of a shared drive. */
export const driveSchema: Schema = leaves(
  `backgroundImageFile backgroundImageLink capabilities colorRgb createdTime hidden id kind name orgUnitId
  restrictions themeId`,
);

/** The response of files.list. */
export const fileListSchema: Schema = { ...leaves('incompleteSearch kind nextPageToken'), files: fileSchema };

/** The response of changes.list. */
export const changeListSchema: Schema = {
  ...leaves('kind newStartPageToken nextPageToken'),
  changes: {
    ...leaves('changeType driveId fileId kind removed teamDriveId time type teamDrive'),
    drive: driveSchema,
    file: fileSchema,
  },
};

/** The response of changes.getStartPageToken. */
export const startPageTokenSchema: Schema = leaves('kind startPageToken');

/** The response of about.get. */
export const aboutSchema: Schema = {
  ...leaves(
    `appInstalled canCreateDrives canCreateTeamDrives driveThemes exportFormats folderColorPalette importFormats
    kind maxImportSizes maxUploadSize teamDriveThemes`,
  ),
  storageQuota: leaves('limit usage usageInDrive usageInDriveTrash'),
  user: userSchema,
};
