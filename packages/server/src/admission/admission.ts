import { ThroughlineError } from '../errors/errors.ts';

export interface AdmissionOptions {
  /** Of what requests in progress hold in memory together. */
  readonly maxBytes: number;
  /** A request that found no room by then is refused. */
  readonly maxWaitMs?: number;
}

/**
 * Half of the ten seconds after which exporters of OpenTelemetry give up a request: the other half is for the work.
 * Exporters have one request under way, so whoever waits sends no more; a refusal makes them come again instead, and
 * the one for gRPC in JavaScript does not even come again.
 */
const MAX_WAIT_MS = 5_000;
/** What the system and the parser take in of a body that nobody reads yet. */
const UNREAD_BYTES = 128 << 10;

/** Memory reserved for one request, from its headers until its response is sent. */
export interface MemoryReservation {
  /** Undefined if the request was admitted at once. Rejects with `overloaded`. */
  readonly admitted: Promise<void> | undefined;
  readonly bytes: number;
  /** Raises the reservation to `bytes` in total; resolves once there is room. @throws ThroughlineError overloaded */
  grow(bytes: number): Promise<void> | undefined;
  /** Sets the reservation to the size of the complete body. */
  settle(bytes: number): void;
  /** Sets the reservation to the size of the rows made from the body, which wait for the journal. */
  becomeRows(bytes: number): void;
  leave(): void;
}

interface Group {
  readonly name: string;
  bytes: number;
  reservations: number;
  /** For their entry, in order. */
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
 * Bounds what the requests in progress hold in memory together, and shares it between groups (projects):
 *
 *     enter ─▶ waits unread ─▶ admitted: body arrives ─▶ queue of the workers ─▶ rows for the journal ─▶ leave
 *
 * A group that holds something already may have no more than twice of what then is left for all others. So one alone
 * has two thirds of the bound, two have two fifths each, and whoever comes new always finds room. Of those that wait
 * the group that holds least is next. A single request is always let in, however large.
 */
export class Admission {
  readonly maxBytes: number;
  readonly #maxWaitMs: number;
  readonly #maxWaiting: number;
  readonly #groups = new Map<string, Group>();
  /** Bodies that turned out larger than expected: they come first, because they hold memory already. */
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

  /** Requests whose body is not read yet. */
  get waiting(): number {
    return this.#waiting;
  }

  /** False while rows that wait for the journal fill the bound: making more of them would pass it. */
  get hasRoomForRows(): boolean {
    return this.#rowBytes === 0 || this.#bytes <= this.maxBytes;
  }

  /** Called whenever there is more room. One listener: the pool of workers. */
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
      if (found) this.#refuse(list, found, 'the request was given up');
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

  /** Undefined where there is room. */
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

  /** Lets in whom there is room for now. */
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

  /** The group that holds least; where its request is too large for what is left, nobody passes it. */
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

  /** Where too many wait, the last of the group with the most has to go. @throws ThroughlineError overloaded */
  #makeWaitingRoom(group: Group): void {
    if (this.#waiting < this.#maxWaiting) return;
    let largest = group;
    for (const each of this.#groups.values())
      if (each.waiting.length > largest.waiting.length) largest = each;
    const last = largest.waiting.at(-1);
    const why = `${this.#waiting} requests wait already`;
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
 * Whom a request counts with: the project that its header names, or else the address that it comes from. Known before
 * the body is read, which may say otherwise; requests of one address without a header share as if they were one project.
 */
export function groupOf(project: string | undefined, address: string | undefined): string {
  return project === undefined ? `address ${address ?? ''}` : `project ${project}`;
}
