import { ThroughlineError } from '../errors/errors.ts';

export interface AdmissionOptions {
  /** Maximum memory that all requests in progress may use together. */
  readonly maxBytes: number;
  /** A request that has not found room after this time is rejected. */
  readonly maxWaitMs?: number;
}

/**
 * Half of the ten seconds after which exporters of OpenTelemetry give up a request: the other half is for the work.
 * Exporters send one request at a time, so an exporter that waits sends nothing else. After a rejection they repeat the
 * request, and the gRPC exporter for JavaScript drops it.
 */
const MAX_WAIT_MS = 5_000;
/** Number of bytes that the system and the HTTP parser buffer before a body is read. */
const UNREAD_BYTES = 128 << 10;

/** Memory reserved for one request, from its headers until its response is sent. */
export interface MemoryReservation {
  /** Undefined if the request was admitted at once. Rejects with `overloaded`. */
  readonly admitted: Promise<void> | undefined;
  readonly bytes: number;
  /** Raises the reservation to `bytes` in total. Resolves once there is room. @throws ThroughlineError overloaded */
  grow(bytes: number): Promise<void> | undefined;
  /** Sets the reservation to the size of the complete body. */
  settle(bytes: number): void;
  /** Sets the reservation to the size of the rows that were created from the body and wait for the journal. */
  becomeRows(bytes: number): void;
  leave(): void;
}

interface Group {
  readonly name: string;
  bytes: number;
  reservations: number;
  /** Requests that wait to be admitted, in order. */
  readonly waiting: Waiting[];
}

interface Waiting {
  readonly reservation: HeldMemory;
  readonly extraBytes: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * Limits the memory of all requests in progress, and shares it between groups (projects):
 *
 *     enter ─▶ waits unread ─▶ admitted: body arrives ─▶ queue of the workers ─▶ rows for the journal ─▶ leave
 *
 * A group that already holds memory may hold at most twice as much as is then left for all others: one group alone can
 * use two thirds of the limit, two groups two fifths each, and a new group always finds room. Of the waiting groups, the
 * one that holds the least memory is next. If no other request is in progress, a request of any size is admitted.
 */
export class Admission {
  readonly maxBytes: number;
  readonly #maxWaitMs: number;
  readonly #maxWaiting: number;
  readonly #groups = new Map<string, Group>();
  /** Bodies that turned out larger than expected: they come first, because they already hold memory. */
  #growing: Waiting[] = [];
  #waiting = 0;
  #bytes = 0;
  #rowBytes = 0;
  #onLeave: () => void = () => {};

  constructor({ maxBytes, maxWaitMs = MAX_WAIT_MS }: AdmissionOptions) {
    this.maxBytes = maxBytes;
    this.#maxWaitMs = maxWaitMs;
    this.#maxWaiting = Math.max(16, Math.floor(maxBytes / UNREAD_BYTES));
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Number of requests whose body is not read yet. */
  get waiting(): number {
    return this.#waiting;
  }

  /** False while rows that wait for the journal fill the limit, so that more rows would exceed it. */
  get hasRoomForRows(): boolean {
    return this.#rowBytes === 0 || this.#bytes <= this.maxBytes;
  }

  /** Sets the only listener, the pool of workers, which is called whenever there is more room. */
  onLeave(listener: () => void): void {
    this.#onLeave = listener;
  }

  /** @throws ThroughlineError overloaded */
  enter(groupName: string, bytes: number): MemoryReservation {
    const group = this.#groups.get(groupName) ?? { name: groupName, bytes: 0, reservations: 0, waiting: [] };
    this.#groups.set(groupName, group);
    group.reservations++;
    const reservation = new HeldMemory(this, group);
    if (this.#waiting === 0 && this.#growing.length === 0 && this.#refusal(group, bytes) === undefined) {
      this.#take(reservation, bytes);
      return reservation;
    }
    try {
      this.#makeWaitingRoom(group);
    } catch (error) {
      reservation.leave();
      throw error;
    }
    this.#waiting++;
    reservation.admitted = this.#wait(reservation, bytes, group.waiting);
    this.#serve();
    return reservation;
  }

  /** @internal */
  grow(reservation: HeldMemory, bytes: number): Promise<void> | undefined {
    const extraBytes = bytes - reservation.bytes;
    if (extraBytes <= 0) return undefined;
    if (this.#growing.length === 0 && this.#canGrow(reservation, extraBytes)) {
      this.#take(reservation, extraBytes);
      return undefined;
    }
    return this.#wait(reservation, extraBytes, this.#growing);
  }

  /** @internal */
  set(reservation: HeldMemory, bytes: number, isRows: boolean): void {
    this.#take(reservation, bytes - reservation.bytes);
    if (isRows) {
      this.#rowBytes += bytes - reservation.rowBytes;
      reservation.rowBytes = bytes;
    }
    this.#serve();
  }

  /** @internal */
  remove(reservation: HeldMemory): void {
    for (const list of [reservation.group.waiting, this.#growing]) {
      const found = list.find((each) => each.reservation === reservation);
      if (found) this.#refuse(list, found, 'the request ended before it was admitted');
    }
    this.set(reservation, 0, reservation.rowBytes > 0);
    if (--reservation.group.reservations === 0) this.#groups.delete(reservation.group.name);
    this.#onLeave();
  }

  #take(reservation: HeldMemory, bytes: number): void {
    reservation.bytes += bytes;
    reservation.group.bytes += bytes;
    this.#bytes += bytes;
  }

  /** Undefined if there is room. */
  #refusal(group: Group, bytes: number): 'full' | 'share' | undefined {
    if (this.#bytes === 0) return undefined;
    const left = this.maxBytes - this.#bytes - bytes;
    if (left < 0) return 'full';
    return group.bytes === 0 || group.bytes + bytes <= 2 * left ? undefined : 'share';
  }

  #canGrow(reservation: HeldMemory, extraBytes: number): boolean {
    return this.#bytes + extraBytes <= this.maxBytes || this.#bytes === reservation.bytes;
  }

  #wait(reservation: HeldMemory, extraBytes: number, list: Waiting[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => this.#refuse(list, waiting, `there was no room within ${this.#maxWaitMs / 1000} seconds`),
        this.#maxWaitMs,
      );
      const waiting: Waiting = { reservation, extraBytes, resolve, reject, timer };
      list.push(waiting);
    });
  }

  /** Admits waiting requests while there is room. */
  #serve(): void {
    for (let next = this.#growing[0]; next; next = this.#growing[0]) {
      if (!this.#canGrow(next.reservation, next.extraBytes)) return;
      this.#admit(this.#growing, next);
    }
    while (this.#waiting > 0) {
      const next = this.#nextGroup();
      if (!next) return;
      this.#admit(next.waiting, next.waiting[0] as Waiting);
    }
  }

  /** The waiting group that holds the least memory. If its request is too large for now, no other group overtakes it. */
  #nextGroup(): Group | undefined {
    let next: Group | undefined;
    for (const group of this.#groups.values()) {
      const [first] = group.waiting;
      if (!first || (next && next.bytes <= group.bytes)) continue;
      if (this.#refusal(group, first.extraBytes) !== 'share') next = group;
    }
    const first = next?.waiting[0];
    return next && first && this.#refusal(next, first.extraBytes) === undefined ? next : undefined;
  }

  #admit(list: Waiting[], waiting: Waiting): void {
    this.#forget(list, waiting);
    this.#take(waiting.reservation, waiting.extraBytes);
    waiting.resolve();
  }

  #refuse(list: Waiting[], waiting: Waiting, why: string): void {
    this.#forget(list, waiting);
    waiting.reject(overloaded(why));
    this.#serve();
  }

  #forget(list: Waiting[], waiting: Waiting): void {
    clearTimeout(waiting.timer);
    list.splice(list.indexOf(waiting), 1);
    if (list !== this.#growing) this.#waiting--;
  }

  /** If too many requests wait, rejects the last one of the group with the most. @throws ThroughlineError overloaded */
  #makeWaitingRoom(group: Group): void {
    if (this.#waiting < this.#maxWaiting) return;
    let largest = group;
    for (const each of this.#groups.values())
      if (each.waiting.length > largest.waiting.length) largest = each;
    const last = largest.waiting.at(-1);
    const why = `${this.#waiting} requests are already waiting`;
    if (largest === group || !last) throw overloaded(why);
    this.#refuse(largest.waiting, last, why);
  }
}

class HeldMemory implements MemoryReservation {
  admitted: Promise<void> | undefined = undefined;
  bytes = 0;
  rowBytes = 0;
  readonly group: Group;
  readonly #admission: Admission;
  #left = false;

  constructor(admission: Admission, group: Group) {
    this.#admission = admission;
    this.group = group;
  }

  grow(bytes: number): Promise<void> | undefined {
    return this.#left ? undefined : this.#admission.grow(this, bytes);
  }

  settle(bytes: number): void {
    if (!this.#left) this.#admission.set(this, bytes, false);
  }

  becomeRows(bytes: number): void {
    if (!this.#left) this.#admission.set(this, bytes, true);
  }

  leave(): void {
    if (this.#left) return;
    this.#left = true;
    this.#admission.remove(this);
  }
}

function overloaded(why: string): ThroughlineError {
  return new ThroughlineError('overloaded', `the server has more requests than it can hold: ${why}`);
}

/**
 * The group with which a request shares memory: the project in its header, otherwise the address of its client. It has to
 * be known before the body is read, so a project in the body does not count: all requests of one address without the
 * header share one group.
 */
export function groupOf(project: string | undefined, address: string | undefined): string {
  return project === undefined ? `address ${address ?? ''}` : `project ${project}`;
}
