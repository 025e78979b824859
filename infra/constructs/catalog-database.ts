import { FirestoreDatabase } from '@cdktf/provider-google/lib/firestore-database/index.js';
import { ProjectIamMember } from '@cdktf/provider-google/lib/project-iam-member/index.js';
import type { ServiceAccount } from '@cdktf/provider-google/lib/service-account/index.js';
import { Construct } from 'constructs';

export interface CatalogDatabaseProps {
  /** The project that holds the database. Not always the project that is deployed to. */
  readonly project: string;
  readonly databaseId: string;
  readonly region: string;
  readonly create: boolean;
}

/**
 * The Firestore database that holds the catalog.
 *
 * It belongs to the school's system, and other programs read it. Normally it already exists, and this stack only grants
 * access to it. For a new project without a database, CREATE_FIRESTORE=true creates it.
 */
export class CatalogDatabase extends Construct {
  private readonly props: CatalogDatabaseProps;

  constructor(scope: Construct, id: string, props: CatalogDatabaseProps) {
    super(scope, id);
    this.props = props;
    if (props.create)
      new FirestoreDatabase(this, 'database', {
        project: props.project,
        name: props.databaseId,
        locationId: props.region,
        type: 'FIRESTORE_NATIVE',
        deleteProtectionState: 'DELETE_PROTECTION_ENABLED',
        // In every environment, `cdktf destroy` removes the database from the state but does not delete it: what other
        // programs have written to it cannot be recreated from the library.
        deletionPolicy: 'ABANDON',
      });
  }

  /**
   * Lets an account read and write documents in this database only.
   * Not granted if the function uses a service account key: the key's account has its own grants.
   */
  grantUse(account: ServiceAccount): ProjectIamMember {
    return new ProjectIamMember(this, `use-${account.node.id}`, {
      project: this.props.project,
      role: 'roles/datastore.user',
      member: account.member,
      condition: {
        title: 'only-the-catalog-database',
        expression: `resource.name == "projects/${this.props.project}/databases/${this.props.databaseId}"`,
      },
    });
  }
}
