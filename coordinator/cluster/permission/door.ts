// What stands between a call and the service: who calls is found out, what they may not do is refused, and what they
// are told is narrowed to what they may view. The service behind it knows nothing of all this.

import type { Metadata } from '@grpc/grpc-js';
import { RunControlError } from '../../../protos/failure/trouble.ts';
import { chosen, isMeant } from '../../api/partitions.ts';
import { fieldOf, needOf, textOf, VERBS, type Verb } from '../../api/verbs.ts';
import type { ObjectName } from '../resources/metadata.ts';
import type { Caller, Permission } from './permission.ts';
import { grantOf, missingView, noToken, SOMEWHERE } from './words.ts';

const BEARER = /^Bearer +(\S+)$/i;

export type DoorParts = {
  readonly permission: Pick<Permission, 'identify' | 'require' | 'may' | 'viewable'>;
  /** Those that this process leads. Throws RunControlError while it leads none. */
  readonly partitions: () => readonly ObjectName[];
  /** Throws RunControlError while there may be more than those. */
  readonly requireAll: () => void;
};

export class Door {
  readonly #parts: DoorParts;

  constructor(parts: DoorParts) {
    this.#parts = parts;
  }

  /**
   * Who calls with these headers; the token is taken out of them. Throws RunControlError NOT_ALLOWED, UNREACHABLE
   * when nobody can be asked, LIMIT.
   */
  async identify(metadata: Metadata): Promise<Caller> {
    const given = metadata.get('authorization');
    // Nothing behind the door may come to know it.
    metadata.remove('authorization');
    const [header, ...more] = given;
    const token = typeof header === 'string' ? BEARER.exec(header)?.[1] : undefined;
    if (token === undefined || more.length > 0) throw noToken();
    return this.#parts.permission.identify(token);
  }

  /**
   * The request as the service takes it: with the full name of its partition. Throws RunControlError NOT_ALLOWED,
   * UNREACHABLE when nobody can be asked, and what `chosen` throws, which tells only of those that the caller may
   * view.
   */
  async admit(caller: Caller, method: string, request: unknown): Promise<unknown> {
    const need = needOf(method, request);
    if (need === undefined) throw new RunControlError('NOT_ALLOWED', `${method} is for nobody`);
    if (need === 'known') return request;
    const { namespace, name } = await this.#permitted(caller, need, textOf(request, 'partition'));
    return { ...Object(request), partition: `${namespace}/${name}` };
  }

  /**
   * Asked before each message of a stream: a right to view may be taken back while somebody watches. What was begun by
   * right is told to its end. Throws RunControlError NOT_ALLOWED; that nobody can be asked ends no stream.
   */
  async readmit(caller: Caller, method: string, admitted: unknown): Promise<void> {
    const where = fullName(textOf(admitted, 'partition'));
    if (needOf(method, admitted) !== 'view' || where === undefined) return;
    try {
      await this.#parts.permission.require(caller, 'view', where);
    } catch (error) {
      if (!(error instanceof RunControlError) || error.code === 'NOT_ALLOWED') throw error;
    }
  }

  /** What the service answers, as far as the caller may know of it. Throws as `admit`. */
  async narrow(caller: Caller, { method, request, answer }: Told): Promise<unknown> {
    if (method === 'ListPartitions') {
      const all = fieldOf(answer, 'partitions');
      const listed = Array.isArray(all) ? all : [];
      return { partitions: await this.#parts.permission.viewable(caller, listed) };
    }
    if (method === 'GetCaller') return this.#describe(caller, textOf(request, 'partition'));
    return answer;
  }

  /** True when `narrow` has something to do. */
  isNarrowed(method: string): boolean {
    return needOf(method, undefined) === 'known';
  }

  /** The partition that is meant. A full name is asked about as it is: whether it exists is told to who may view it. */
  async #permitted(caller: Caller, verb: Verb, wanted: string): Promise<ObjectName> {
    const { permission, partitions } = this.#parts;
    const all = partitions();
    const full = fullName(wanted);
    if (full !== undefined) {
      await permission.require(caller, verb, full);
      if (all.some((one) => isMeant(one, wanted))) return full;
    }
    const meant = await this.#meant(caller, all, wanted);
    await permission.require(caller, verb, meant);
    return meant;
  }

  /** As `chosen`, of those that the caller may view. */
  async #meant(caller: Caller, all: readonly ObjectName[], wanted: string): Promise<ObjectName> {
    const { permission, requireAll } = this.#parts;
    // What is not listed yet may well be there.
    if (!all.some((one) => isMeant(one, wanted))) requireAll();
    const viewable = await permission.viewable(caller, all);
    if (viewable.length > 0 || all.length === 0) return chosen(viewable, wanted);
    const [namespace = '', name] = wanted.split('/');
    if (name !== undefined) await permission.require(caller, 'view', { namespace, name });
    throw missingView(caller.person.name, wanted);
  }

  async #describe(caller: Caller, wanted: string): Promise<unknown> {
    const { name: person } = caller.person;
    const where = fullName(wanted) ?? (await this.#anyMeant(caller, wanted));
    const permissions = await Promise.all(
      VERBS.map(async (verb) => {
        const allowed = where !== undefined && (await this.#parts.permission.may(caller, verb, where));
        return { verb, allowed, grant: allowed ? '' : grantOf({ ...(where ?? SOMEWHERE), verb, person }) };
      }),
    );
    return {
      name: person,
      partition: where === undefined ? '' : `${where.namespace}/${where.name}`,
      permissions,
    };
  }

  /** The one that is meant, or else what was said of its namespace; undefined when that is nothing. */
  async #anyMeant(caller: Caller, wanted: string): Promise<ObjectName | undefined> {
    try {
      return await this.#meant(caller, this.#parts.partitions(), wanted);
    } catch (error) {
      if (!(error instanceof RunControlError) || error.code !== 'NOT_ALLOWED') throw error;
      return wanted.endsWith('/') ? { namespace: wanted.slice(0, -1), name: '' } : undefined;
    }
  }
}

type Told = { readonly method: string; readonly request: unknown; readonly answer: unknown };

/** `namespace/name`; undefined for fewer words. */
function fullName(wanted: string): ObjectName | undefined {
  const [namespace = '', name = '', ...more] = wanted.split('/');
  return namespace === '' || name === '' || more.length > 0 ? undefined : { namespace, name };
}
