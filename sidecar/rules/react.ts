// The rules of a sidecar (protocol.md): one event in, the changed sidecar and its effects out.

import { unreachable } from '../../protos/failure/invariant.ts';
import { cutSentence } from '../../protos/sentence.ts';
import { attached, detached, hookEnded, hookOverran, observed } from './hook.ts';
import {
  continueStop,
  leaveVerdict,
  lifeDue,
  localStopDue,
  preStop,
  preStopDue,
  returnToService,
} from './leave.ts';
import type { Event, Reaction, Sidecar } from './model.ts';
import { takeRequest } from './request.ts';
import { giveUp, hello, podFacts, settle, streamClosed } from './stream.ts';
import { sameView, viewOf } from './view.ts';

/**
 * What `event` leads to. The shell persists the memory, if it is another object, before it runs the
 * effects in their order. Pure: the same sidecar and event give the same reaction.
 */
export function react(sidecar: Sidecar, event: Event): Reaction {
  return numbered(sidecar, continueStop(route(sidecar, shortened(event))));
}

/** What others said is cut here, once: a view or an answer with a longer cause would end each stream it goes up. */
function shortened(event: Event): Event {
  switch (event.type) {
    case 'attached':
    case 'observed':
      return { ...event, process: { ...event.process, trouble: cutSentence(event.process.trouble) } };
    case 'detached':
    case 'hookEnded':
      return { ...event, cause: cutSentence(event.cause) };
    default:
      return event;
  }
}

function route(sidecar: Sidecar, event: Event): Reaction {
  switch (event.type) {
    case 'hello':
      return hello(sidecar, event);
    case 'streamClosed':
      return streamClosed(sidecar, event.stream);
    case 'request':
      return takeRequest(sidecar, event.stream, event.request);
    case 'settle':
      return settle(sidecar, event);
    case 'giveUp':
      return giveUp(sidecar, event);
    case 'leave':
      return leaveVerdict(sidecar, event);
    case 'podFacts':
      return podFacts(sidecar, event);
    case 'attached':
      return attached(sidecar, event);
    case 'detached':
      return detached(sidecar, event);
    case 'observed':
      return observed(sidecar, event.attachment, event.process);
    case 'hookEnded':
      return hookEnded(sidecar, event);
    case 'preStop':
      return preStop(sidecar);
    case 'timer':
      return timer(sidecar, event.timer);
    default:
      return unreachable(event);
  }
}

function timer(sidecar: Sidecar, name: Extract<Event, { type: 'timer' }>['timer']): Reaction {
  switch (name) {
    case 'hook':
      return hookOverran(sidecar);
    case 'life':
      return lifeDue(sidecar);
    case 'verdict':
    case 'localStop':
      return localStopDue(sidecar);
    case 'returnToService':
      return returnToService(sidecar);
    case 'preStopAnswer':
      return preStopDue(sidecar);
    default:
      return unreachable(name);
  }
}

/** Each change that others may see has a number of its own and is told. */
function numbered(before: Sidecar, { sidecar, effects }: Reaction): Reaction {
  if (sidecar === before || sameView(viewOf(before), viewOf(sidecar))) return { sidecar, effects };
  const memory = { ...sidecar.memory, stateNumber: sidecar.memory.stateNumber + 1 };
  return {
    sidecar: { ...sidecar, memory },
    effects: [...effects, { type: 'send', message: { type: 'state' } }],
  };
}
