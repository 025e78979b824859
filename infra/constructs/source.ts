import { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket/index.js';
import { StorageBucketObject } from '@cdktf/provider-google/lib/storage-bucket-object/index.js';
import { AssetType, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';
import type { Archive } from '../bundle-archive.ts';
import type { EnvironmentName } from '../settings/environments.ts';
import { labelsOf, nameOf } from '../settings/naming.ts';

/** The function's source: a private bucket that holds the bundle, named after the hash of its content. */
export class Source extends Construct {
  readonly bucket: StorageBucket;
  readonly object: StorageBucketObject;

  constructor(
    scope: Construct,
    id: string,
    props: { project: string; region: string; environment: EnvironmentName; archive: Archive },
  ) {
    super(scope, id);
    this.bucket = new StorageBucket(this, 'bucket', {
      project: props.project,
      // Bucket names are global in Google Cloud. The project id makes this one unique.
      name: `${props.project}-${nameOf(props.environment, 'source')}`,
      location: props.region,
      labels: labelsOf(props.environment),
      uniformBucketLevelAccess: true,
      publicAccessPrevention: 'enforced',
      versioning: { enabled: true },
      // A replaced bundle can be restored for 30 days. Then it is deleted.
      lifecycleRule: [{ action: { type: 'Delete' }, condition: { daysSinceNoncurrentTime: 30 } }],
      // The bucket's content can be rebuilt from the sources, byte for byte.
      forceDestroy: true,
    });
    const file = new TerraformAsset(this, 'file', {
      path: props.archive.path,
      type: AssetType.FILE,
      assetHash: props.archive.hash,
    });
    // Named after its content: unchanged sources change nothing, changed sources create a new object and start a new
    // build.
    this.object = new StorageBucketObject(this, 'bundle', {
      bucket: this.bucket.name,
      name: `bundle-${props.archive.hash}.zip`,
      source: file.path,
      contentType: 'application/zip',
      lifecycle: { createBeforeDestroy: true },
    });
  }
}
