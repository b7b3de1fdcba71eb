import { afterEach, describe, expect, it } from '@jest/globals';
import { WorkFolder } from '@bowline/testkit';
import { Supervisor, type SupervisedProcess, type SupervisorEvents } from './supervisor.js';

const work = new WorkFolder('supervisor');
/** Says that it is there, and lives until it is asked to end. */
const STAYS =
  "process.on('SIGTERM', () => process.exit(0)); console.log('there'); setInterval(() => {}, 1000);";

class Watch implements SupervisorEvents {
  readonly events: string[] = [];
  private waiting: (() => void)[] = [];

  line(name: string, text: string): void {
    this.note(`${name} says ${text}`);
  }

  started(name: string): void {
    this.note(`${name} started`);
  }

  ended(name: string, how: string, restartInMs: number | null): void {
    this.note(`${name} ended: ${how}, ${restartInMs}`);
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve);
      });
    }
  }

  count(event: string): number {
    return this.events.filter((each) => each === event).length;
  }

  private note(event: string): void {
    this.events.push(event);
    for (const tell of this.waiting.splice(0)) tell();
  }
}

const started: Supervisor[] = [];
afterEach(async () => {
  for (const supervisor of started.splice(0)) await supervisor.stop();
});

function supervise(programs: Readonly<Record<string, string>>): { watch: Watch; supervisor: Supervisor } {
  const watch = new Watch();
  const processes = Object.entries(programs).map(([name, text], stopsWith): SupervisedProcess => ({
    name,
    command: process.execPath,
    args: [work.file(`${name}.cjs`, text)],
    env: { WHO: name },
    stopsWith,
  }));
  const supervisor = new Supervisor(processes, watch);
  started.push(supervisor);
  supervisor.start();
  return { watch, supervisor };
}

describe('a supervisor', () => {
  it('starts again what ends, after a pause that grows', async () => {
    const { watch } = supervise({ short: 'process.exitCode = 3;' });
    await watch.until(() => watch.count('short started') === 4);
    expect(watch.events.filter((event) => event.includes('ended'))).toEqual([
      'short ended: exit code 3, 100',
      'short ended: exit code 3, 200',
      'short ended: exit code 3, 400',
    ]);
  });

  it('starts again what is killed, and knows it by its new number', async () => {
    const { supervisor, watch } = supervise({ a: STAYS });
    await watch.until(() => watch.count('a says there') === 1);
    const first = supervisor.pids().get('a')!;
    process.kill(first, 'SIGKILL');
    await watch.until(() => watch.count('a says there') === 2);
    expect(watch.events).toContain('a ended: SIGKILL, 100');
    expect(supervisor.pids().get('a')).not.toBe(first);
    expect(supervisor.starts().get('a')).toBe(2);
  });

  it('stops one group after the other', async () => {
    const { supervisor, watch } = supervise({ first: STAYS, second: STAYS, third: STAYS });
    const names = ['first', 'second', 'third'];
    await watch.until(() => names.every((name) => watch.count(`${name} says there`) === 1));
    await supervisor.stop();
    expect(watch.events.filter((event) => event.includes('ended'))).toEqual(
      names.map((name) => `${name} ended: exit code 0, null`),
    );
    expect(supervisor.pids().size).toBe(0);
  });

  it('says what keeps a program from starting, and tries again', async () => {
    const watch = new Watch();
    const missing = { name: 'no', command: '/no/such/program', args: [], env: {}, stopsWith: 0 };
    const supervisor = new Supervisor([missing], watch);
    started.push(supervisor);
    supervisor.start();
    await watch.until(() => watch.events.length === 2);
    expect(watch.events).toEqual([
      'no ended: spawn /no/such/program ENOENT, 100',
      'no ended: spawn /no/such/program ENOENT, 200',
    ]);
  });

  it('hands the lines on, and the environment', async () => {
    const { watch } = supervise({ says: `console.log(process.env.WHO); console.error('oh'); ${STAYS}` });
    await watch.until(() => watch.count('says says oh') === 1 && watch.count('says says says') === 1);
  });
});
