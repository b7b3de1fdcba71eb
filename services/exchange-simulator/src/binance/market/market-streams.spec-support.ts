import { WebSocket } from 'ws';

export type Told = Readonly<Record<string, unknown>>;

/** A line to an exchange's streams, and all that was told on it. */
export class Line {
  readonly told: Told[] = [];
  private waiting: (() => void)[] = [];
  private closed: { code: number; reason: string } | null = null;

  static async open(url: string): Promise<Line> {
    const socket = new WebSocket(url);
    const line = new Line(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    return line;
  }

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data) => {
      this.told.push(JSON.parse((data as Buffer).toString('utf8')) as Told);
      this.wake();
    });
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString('utf8') };
      this.wake();
    });
  }

  send(word: unknown): void {
    this.socket.send(typeof word === 'string' ? word : JSON.stringify(word));
  }

  /** What is answered to a word with this id. */
  async ask(word: Readonly<Record<string, unknown>> & { readonly id: number }): Promise<Told> {
    this.send(word);
    return this.until((told) => told['id'] === word.id && told['e'] === undefined);
  }

  /** The first that was told, or will be, of which this is so. */
  async until(isWanted: (told: Told) => boolean, from = 0): Promise<Told> {
    for (;;) {
      const found = this.told.slice(from).find(isWanted);
      if (found !== undefined) return found;
      if (this.closed !== null) throw new Error(`the line is closed: ${JSON.stringify(this.closed)}`);
      await this.anything();
    }
  }

  async end(): Promise<{ code: number; reason: string }> {
    while (this.closed === null) await this.anything();
    return this.closed;
  }

  close(): void {
    this.socket.terminate();
  }

  private anything(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
    });
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}
