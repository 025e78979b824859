import { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket/index.js';
import { StorageBucketObject } from '@cdktf/provider-google/lib/storage-bucket-object/index.js';
import { AssetType, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';
import type { Archive } from '../bundle-archive.ts';
import type { EnvironmentName } from '../settings/environments.ts';
import { labelsOf, nameOf } from '../settings/naming.ts';

/** The function's code: a private bucket, and in it the bundle under the name of its content. */
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
      // Bucket names are shared by all of Google Cloud; the project's id makes this one unique.
      name: `${props.project}-${nameOf(props.environment, 'source')}`,
      location: props.region,
      labels: labelsOf(props.environment),
      uniformBucketLevelAccess: true,
      publicAccessPrevention: 'enforced',
      versioning: { enabled: true },
      // A bundle that was replaced can be brought back for a month, then it goes.
      lifecycleRule: [{ action: { type: 'Delete' }, condition: { daysSinceNoncurrentTime: 30 } }],
      // Nothing in it that the sources would not make again, byte for byte.
      forceDestroy: true,
    });
    const file = new TerraformAsset(this, 'file', {
      path: props.archive.path,
      type: AssetType.FILE,
      assetHash: props.archive.hash,
    });
    // Named by content: the same sources make no change, other sources a new object and so a new build.
    this.object = new StorageBucketObject(this, 'bundle', {
      bucket: this.bucket.name,
      name: `bundle-${props.archive.hash}.zip`,
      source: file.path,
      contentType: 'application/zip',
      lifecycle: { createBeforeDestroy: true },
    });
  }
}
