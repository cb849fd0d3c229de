import type { FastifyInstance } from 'fastify';
import type { CallDesk } from '#shared/adapters/call-desk.ts';
import type { ChatDesk } from '#shared/adapters/chat-desk.ts';
import type { Journal } from '#shared/adapters/journal.ts';
import type { MediaPlane } from '#shared/adapters/media-plane.ts';
import type { TicketingAdapter } from '#shared/adapters/ticketing-adapter.ts';
import type { Clock } from '#shared/domain/clock.ts';
import type { CallId } from '#shared/domain/ids.ts';
import type { KnowledgeDesk } from '#worker/knowledge/knowledge-desk.ts';
import type { KnowledgeWatch } from '#worker/knowledge/knowledge-watch.ts';
import type { CallMetrics } from '#worker/metrics/call-metrics.ts';
import type { OrgRetention } from '#worker/privacy/org-retention.ts';
import type { RecordingParts } from '#worker/media/recorder/join-job.ts';
import type { PolicyDesk } from '#worker/rulebook/policy-desk.ts';
import type { Store } from '#worker/store/store.ts';
import type { AuditParts } from './audit-handlers.ts';
import type { CallerPage } from './caller-page.ts';
import type { CommandDeskDeps } from './command-desk.ts';
import type { ShopOf } from './own-org-handlers.ts';
import type { RecordFacts } from './record-facts.ts';
import type { ControlRooms } from './room-handlers.ts';
import type { RotateKnowledge } from './rotate-knowledge.ts';
import type { TeamControl } from './team-control.ts';
import type { WorkerHealth } from './worker-health.ts';

/** What the control API is given. */
export interface ControlDeps {
  readonly host: string;
  readonly port: number;
  /** Names besides those of this machine under which we are asked. */
  readonly publicNames?: readonly string[];
  readonly clock: Clock;
  readonly newId: () => string;
  readonly workerId: string;
  /** Name of what is in use when it is read. */
  readonly brain: string;
  readonly voice: string;
  readonly journal: Journal;
  readonly store: Store;
  readonly desk: CallDesk;
  /** What keeps the worker from its work, told to every desk; absent where nothing can. */
  readonly health?: WorkerHealth;
  /** Where the record goes; on this machine alone unless told. */
  readonly recordFacts?: () => RecordFacts;
  readonly media: MediaPlane;
  readonly appendToCall: CommandDeskDeps['appendToCall'];
  /** Lets one demo caller ring; absent where there is no demo. */
  readonly ringCaller: ((scenario: string | null) => CallId) | null;
  /** Absent where there are no text conversations. */
  readonly chat?: ChatDesk;
  /** The configured ticket system, for its check; absent where there is none. */
  readonly ticketing?: TicketingAdapter;
  /** The org's policy documents; absent where they are fixed. */
  readonly policies?: PolicyDesk;
  /** What signs receipts; absent where no desk sends its chain. */
  readonly audit?: AuditParts;
  /** Figures for Prometheus; absent where nothing is counted. */
  readonly metrics?: Pick<CallMetrics, 'text' | 'contentType'>;
  /** The org's documents; absent where there are none. */
  readonly knowledge?: KnowledgeDesk;
  /** Tells desks that there is something new in them. */
  readonly knowledgeWatch?: Pick<KnowledgeWatch, 'version' | 'onVersion'>;
  /** The other workers; absent where nobody is heard. */
  readonly team?: TeamControl;
  /** Reads the knowledge of an org again; absent where there is none. */
  readonly rotateKnowledge?: RotateKnowledge;
  /** The LiveKit server; absent where calls do not run in rooms. */
  readonly rooms?: ControlRooms;
  /** The built page of callers, and where they can write instead; absent where no page is served. */
  readonly callerPage?: Pick<CallerPage, 'folder' | 'textUrl'>;
  readonly bootSecret: string;
  readonly keyFile: string;
  /** Folder of the recordings. */
  readonly recordings: string;
  /** Recordings that several hosts have made; absent where no call goes on in another process. */
  readonly recordingParts?: RecordingParts;
  /** Where what the store refused is set aside; beside the recordings' folder unless told. */
  readonly refusedFile?: string;
  /** Which retention profile is in force; the usual one where an org has not chosen, unless told. */
  readonly retention?: OrgRetention;
  /** The shop of an org; absent where no shop system is known. */
  readonly shopOf?: ShopOf;
  /** More routes, for tests only. */
  readonly extend?: (server: FastifyInstance) => void;
}
